using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>A failure that is stored where the result is kept.</summary>
/// <param name="Failure">The handler, and the work.</param>
/// <param name="As">What is stored.</param>
/// <param name="Store">The call in the handler that stores it.</param>
internal sealed record StoredFailure(GuardedFailure Failure, EmptyValue As, SimpleNameSyntax Store);

/// <summary>
/// Finds handlers that repeat the call by which the block stores its result, with an empty value or a text about the failure in the place of the result: what
/// reads the store takes it for the result.
/// </summary>
internal sealed class StoredFailures(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly EmptyValues values = new(model, semantics, cancellation);

    public IEnumerable<StoredFailure> In()
    {
        foreach (var failure in new GuardedWork(model, semantics, depth, cancellation).In(doing: true))
            if (!failure.IsOfTimeouts)
                foreach (var deed in failure.Ways.Deeds.OfType<IInvocationOperation>())
                    if (NameOf(deed) is { } name && BlockStores(deed, failure) is { } value && Stores(deed))
                    {
                        yield return new StoredFailure(failure, value, name);
                        break;
                    }
    }

    private static SimpleNameSyntax? NameOf(IInvocationOperation call) => call.Syntax is InvocationExpressionSyntax { Expression: var called }
        ? called as SimpleNameSyntax ?? (called as MemberAccessExpressionSyntax)?.Name
        : null;

    // The same call in the block, where all but one of the arguments are the same: what the one is in the handler.
    private EmptyValue? BlockStores(IInvocationOperation deed, GuardedFailure failure)
    {
        foreach (var syntax in Handlers.PartsOf(failure.Attempt.Block).OfType<InvocationExpressionSyntax>())
            if (semantics.GetOperation(syntax, cancellation) is IInvocationOperation call
                && SymbolEqualityComparer.Default.Equals(call.TargetMethod.OriginalDefinition, deed.TargetMethod.OriginalDefinition)
                && call.Arguments.Length == deed.Arguments.Length && call.Arguments.Length > 1
                && SyntaxFactory.AreEquivalent(ReceiverOf(call), ReceiverOf(deed)))
            {
                var others = Enumerable.Range(0, call.Arguments.Length)
                    .Where(i => !SyntaxFactory.AreEquivalent(call.Arguments[i].Syntax, deed.Arguments[i].Syntax)).ToList();
                // What tells of a failure in the block as well is no result.
                if (others.Count == 1 && deed.Arguments[others[0]].Value is var stored && call.Arguments[others[0]].Value is var result
                    && !result.Unwrap().ConstantValue.HasValue && values.Of(result) == EmptyValue.None
                    && !syntax.Ancestors().TakeWhile(node => node != failure.Attempt).Any(node => node is CatchClauseSyntax)
                    && values.Of(stored, failure.Attempt) is var kind
                    && kind is EmptyValue.FailureText or EmptyValue.Collection or EmptyValue.Null or EmptyValue.Text)
                    return kind;
            }

        return null;
    }

    private static SyntaxNode? ReceiverOf(IInvocationOperation call) => call.Instance?.Syntax;

    // A durable write, or an entry of a collection that many calls share.
    private bool Stores(IInvocationOperation call) =>
        (call.Instance?.Unwrap() is IFieldReferenceOperation && model.EntriesOf(call.TargetMethod.ContainingType.OriginalDefinition)
            .Any(entry => entry.Role == CatalogueRole.ThreadSafe && (entry["add"] == call.TargetMethod.Name || entry.List("add").Contains(call.TargetMethod.Name))))
        || (model.Declares(call.TargetMethod) && CallGraph.Of(model).Resolve(call.TargetMethod) is { } target
            && EffectSummaries.Of(model).Of(target, depth, cancellation).Effects.Any(effect =>
                effect.Entry.Role == CatalogueRole.Effect && effect.Entry["kind"] is "save" or "insert" or "upsert" or "update"));
}
