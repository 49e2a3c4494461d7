using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Editing;
using AgentLint.Rules.Isolation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Isolation;

/// <summary>Runs the calls a few at a time, where nothing uses what they give.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0401Fix_LimitDegree)), Shared]
public sealed class AGL0401Fix_LimitDegree() : AgentCodeFix(AGL0401_UnboundedFanOut.Rule, "Run at most 8 at a time")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        foreach (var fanOut in new UnboundedFanOuts(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
            if (fanOut.Group.Join.Syntax is InvocationExpressionSyntax join && diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == join.Expression.Span))
                Limit(join, fanOut);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));

        // await Task.WhenAll(items.Select(item => WorkAsync(item)));
        void Limit(InvocationExpressionSyntax join, UnboundedFanOut fanOut)
        {
            if (fanOut.Branch.Code is not IAnonymousFunctionOperation { Syntax: LambdaExpressionSyntax { ExpressionBody: { } work } lambda }
                || lambda.Parent?.Parent?.Parent is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Select", Expression: var items } } select
                || join.ArgumentList.Arguments is not [var only] || only.Expression != select
                || NameOf(lambda) is not { } item
                || !IsAloneAndAwaited(join)
                || TaskTypes.Find(context.Semantics.Compilation, "System.Threading.Tasks.Parallel") is not { } parallel
                || TaskTypes.Find(context.Semantics.Compilation, "System.Threading.Tasks.ParallelOptions") is not { } options)
                return;
            var token = TokenInScope.At(join, context) is { } given ? $", CancellationToken = {given}" : "";
            var body = work is AwaitExpressionSyntax ? $"{work.WithoutTrivia()}" : $"await {work.WithoutTrivia()}";
            var code = $"{types.Spell(parallel, join.SpanStart)}.ForEachAsync({items.WithoutTrivia()}, new {types.Spell(options, join.SpanStart)} {{ MaxDegreeOfParallelism = 8{token} }}, async ({item}, _) => {body})";
            edits.Add(join, j => context.Expression(code).WithTriviaFrom(j));
        }
    }

    private static string? NameOf(LambdaExpressionSyntax lambda) => lambda switch
    {
        SimpleLambdaExpressionSyntax simple => simple.Parameter.Identifier.Text,
        ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: [var only] } => only.Identifier.Text,
        _ => null,
    };

    // What the tasks give is used nowhere.
    private static bool IsAloneAndAwaited(InvocationExpressionSyntax join)
    {
        SyntaxNode node = join;
        if (node.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured })
            node = configured;
        return node.Parent is AwaitExpressionSyntax { Parent: ExpressionStatementSyntax };
    }
}
