using System.Collections.Immutable;
using System.Composition;
using AgentLint.Editing;
using AgentLint.Rules.CircuitBreaking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.CircuitBreaking;

/// <summary>Adds a circuit breaker inside the retry, which counts the failures that the retry handles.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0501Fix_AddBreaker)), Shared]
public sealed class AGL0501Fix_AddBreaker()
    : AgentCodeFix(AGL0501_RetryWithoutCircuitBreaker.Rule, "Add a circuit breaker inside the retry")
{
    private const string Options = "Polly.CircuitBreaker.CircuitBreakerStrategyOptions";
    private const string Predicate = "ShouldHandle";

    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindNode(diagnostic.Location.SourceSpan,
                getInnermostNodeForTie: true) is SimpleNameSyntax { Identifier.ValueText: "AddRetry", Parent: MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax retry } access }
                && HandledBy(retry) is var (isKnown, handled) && isKnown
                && context.Semantics.GetTypeInfo(retry, context.Cancellation).Type is INamedTypeSymbol builder
                && TaskTypes.Find(context.Semantics.Compilation, Options + (builder.Arity == 0 ? "" : "`1")) is { } options)
            {
                var name = types.Spell(options, retry.SpanStart) + (builder.Arity == 0 ? ""
                    : $"<{builder.TypeArguments[0].ToMinimalDisplayString(context.Semantics, retry.SpanStart)}>");
                var settings = handled == null ? "()" : $" {{ {Predicate} = {handled.WithoutTrivia()} }}";
                var dot = access.OperatorToken.HasLeadingTrivia ? access.OperatorToken.LeadingTrivia.ToFullString() : "";
                var line = access.Expression.GetTrailingTrivia().ToFullString();
                edits.Add(retry, r =>
                    context.Expression($"{r.ToFullString().TrimEnd()}{line}{dot}.AddCircuitBreaker(new {name}{settings})").WithTrailingTrivia(r.GetTrailingTrivia()));
            }

        return Task.FromResult(edits.IsEmpty ? null
            : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));
    }

    // A hand-written predicate decides about the arguments of a retry, which a breaker does not have; one that is built of types serves
    // both.
    private static (bool IsKnown, ExpressionSyntax? Handled) HandledBy(InvocationExpressionSyntax retry)
    {
        if (retry.ArgumentList.Arguments is not [{ Expression: BaseObjectCreationExpressionSyntax made }])
            return (false, null);
        foreach (var setter in made.Initializer?.Expressions.OfType<AssignmentExpressionSyntax>() ?? [])
            if (setter.Left is IdentifierNameSyntax { Identifier.ValueText: Predicate })
                return setter.Right.DescendantNodesAndSelf().OfType<BaseObjectCreationExpressionSyntax>().FirstOrDefault() is ObjectCreationExpressionSyntax { Type: SimpleNameSyntax { Identifier.ValueText: "PredicateBuilder" } }
                    ? (true, setter.Right)
                    : (false, null);
        return (true, null);
    }
}
