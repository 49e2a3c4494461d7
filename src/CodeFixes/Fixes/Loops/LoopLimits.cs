using System.Collections.Immutable;
using AgentLint.Analysis.Checks.Loops;
using AgentLint.Editing;
using AgentLint.Rules.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Loops;

/// <summary>Sets limits of frameworks' loops: to the framework's own default where it has one.</summary>
internal static class LoopLimits
{
    /// <summary>What a conversation of agents seldom needs.</summary>
    public const int Rounds = 20;

    public static Edit? Set(FixContext context, ImmutableArray<Diagnostic> diagnostics, string title, Func<UnlimitedLoop, bool> wanted)
    {
        var habits = FileHabits.Of(context.Root);
        var edits = new NodeEdits();
        var titles = new List<string>();
        foreach (var loop in FrameworkLoops.Of(context.Model).In(context.Semantics, AGL0902_UnlimitedFrameworkLoop.LimitOf(context.Settings), context.Cancellation))
        {
            if (!wanted(loop) || !diagnostics.Any(d => d.Location.SourceSpan == loop.Site.Span))
                continue;
            var limit = int.TryParse(loop.Entry["default"], out var usual) ? usual.ToString(System.Globalization.CultureInfo.InvariantCulture) : Rounds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            titles.Add($"Set '{loop.Limit}' to {limit}");
            switch (loop.Site)
            {
                case BaseObjectCreationExpressionSyntax creation when GivenTo(creation, loop.Limit, context) is { } none:
                    edits.Add(none, (ExpressionSyntax old) => Number(limit).WithTriviaFrom(old));
                    break;
                case BaseObjectCreationExpressionSyntax creation when loop.Entry.Members[0] == ".ctor":
                    edits.Add(creation, (BaseObjectCreationExpressionSyntax made) => WithArgument(made, loop.Limit, limit));
                    break;
                case BaseObjectCreationExpressionSyntax creation when loop.Entry["parameter"] != null:
                    edits.Add(creation, (ExpressionSyntax made) => AwaitSyntax.Call(AwaitSyntax.Member(made.WithoutTrivia(), loop.Limit), Number(limit)).WithTriviaFrom(made));
                    break;
                case BaseObjectCreationExpressionSyntax creation:
                    edits.Add(creation, (BaseObjectCreationExpressionSyntax made) => PropertyInitializers.Set(made, habits, (loop.Limit, limit)));
                    break;
                case SimpleNameSyntax { Parent: MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } }:
                    edits.Add(call, (InvocationExpressionSyntax made) => made.WithArgumentList(made.ArgumentList.With(Argument(made.ArgumentList, loop.Limit, limit))));
                    break;
                case ExpressionSyntax value:
                    edits.Add(value, (ExpressionSyntax old) => Number(limit).WithTriviaFrom(old));
                    break;
            }
        }

        return edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root)), titles.Count == 1 ? titles[0] : title);
    }

    // new GroupChat(agents, words, maxTurns: null)
    private static ExpressionSyntax? GivenTo(BaseObjectCreationExpressionSyntax creation, string parameter, FixContext context) =>
        (context.Semantics.GetOperation(creation) as IObjectCreationOperation)?.Arguments
            .FirstOrDefault(argument => argument.ArgumentKind == ArgumentKind.Explicit && argument.Parameter?.Name == parameter)?.Value.Syntax as ExpressionSyntax;

    private static ExpressionSyntax Number(string limit) => SyntaxFactory.ParseExpression(limit);

    private static BaseObjectCreationExpressionSyntax WithArgument(BaseObjectCreationExpressionSyntax creation, string parameter, string limit) =>
        creation.WithArgumentList(creation.ArgumentList!.With(Argument(creation.ArgumentList!, parameter, limit)));

    // The only argument needs no name.
    private static ArgumentSyntax Argument(ArgumentListSyntax list, string parameter, string limit) =>
        list.Arguments.Count == 0
            ? SyntaxFactory.Argument(Number(limit))
            : SyntaxFactory.Argument(
                SyntaxFactory.NameColon(SyntaxFactory.IdentifierName(SyntaxFactory.Identifier([], parameter, [])), SyntaxFactory.Token([], SyntaxKind.ColonToken, [SyntaxFactory.Space])),
                default,
                Number(limit));
}
