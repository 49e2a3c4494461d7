using System.Globalization;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>Gives a policy that retries for ever, or as often as numbers go, a last attempt.</summary>
internal sealed class BoundedPolicy(FixContext context, TypeNames types, NodeEdits edits)
{
    private static readonly string Retries = (BoundedRetry.Attempts - 1).ToString(CultureInfo.InvariantCulture);

    private readonly Backoff wait = new(context, FileHabits.Of(context.Root), types);

    /// <summary>Plans the change of what a use builds or sets.</summary>
    public void Add(CatalogueUse use)
    {
        if (use.Name.Parent is AssignmentExpressionSyntax { Right: var number } setting && setting.Left == use.Name)
            Replace(number);
        else if (use.Name.Parent is MemberAccessExpressionSyntax { Parent: AssignmentExpressionSyntax { Right: var value } })
            Replace(value);
        else if (use.Name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call })
        {
            var arguments = call.ArgumentList.Arguments;
            var isForever = use.Entry.Has("forever");
            if (use.Entry["bounded"] is { } bounded)
            {
                // What waits between the attempts is told how long.
                var added = use.Entry["delay-in"] == null ? $"{Retries}, attempt => {wait.TimeAfter("attempt", call)}" : Retries;
                if (arguments.Count == (isForever ? 0 : 1) || (isForever && IsAlike(call, Bounded(call))))
                    edits.Add(call, (InvocationExpressionSyntax c) => Bounded(c));

                InvocationExpressionSyntax Bounded(InvocationExpressionSyntax c)
                {
                    var kept = string.Join(", ", c.ArgumentList.Arguments.Skip(isForever ? 0 : 1).Select(a => a.ToString()));
                    var list = SyntaxFactory.ParseArgumentList($"({added}{(kept.Length > 0 ? ", " + kept : "")})").WithTriviaFrom(c.ArgumentList);
                    return AwaitSyntax.Rename(c, bounded).WithArgumentList(list);
                }
            }
            else if (arguments.FirstOrDefault(a => context.Semantics.GetConstantValue(a.Expression, context.Cancellation) is { HasValue: true, Value: int.MaxValue }) is { } count)
                Replace(count.Expression);
        }
    }

    // A callback with the same number of parameters, but another order of them, compiles as well.
    private bool IsAlike(InvocationExpressionSyntax before, InvocationExpressionSyntax after)
    {
        if (context.Semantics.GetSymbolInfo(before, context.Cancellation).Symbol is not IMethodSymbol known
            || context.Semantics.GetSpeculativeSymbolInfo(before.SpanStart, after, SpeculativeBindingOption.BindAsExpression).Symbol is not IMethodSymbol made)
            return false;
        var added = after.ArgumentList.Arguments.Count - before.ArgumentList.Arguments.Count;
        return before.ArgumentList.Arguments.Select((argument, i) => (Name: argument.NameColon?.Name.Identifier.ValueText, Index: i)).All(argument =>
            SymbolEqualityComparer.Default.Equals(TypeOf(known, argument.Name, argument.Index), TypeOf(made, argument.Name, argument.Index + added)));

        static ITypeSymbol? TypeOf(IMethodSymbol method, string? name, int index) =>
            (name != null ? method.Parameters.FirstOrDefault(p => p.Name == name) : method.Parameters.ElementAtOrDefault(index))?.Type;
    }

    private void Replace(ExpressionSyntax number) => edits.Add(number, (ExpressionSyntax n) => SyntaxFactory.ParseExpression(Retries).WithTriviaFrom(n));
}
