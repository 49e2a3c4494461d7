using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>Finds entries of a store that are read, and then replaced whatever is there: by a value made of the old one, or to claim work that the old one left open.</summary>
internal sealed class StoreChecks(AgentModel model)
{
    public static StoreChecks Of(AgentModel model) => model.Shared(m => new StoreChecks(m));

    /// <summary>Whether a line of the catalogue is about a write that replaces what was there.</summary>
    public static bool IsStore(CatalogueEntry entry) => entry is { Role: CatalogueRole.Effect } && entry["kind"] == "upsert" && entry["class"] == "idempotent";

    /// <summary>The entry of a store that a call replaces without a condition after it was read; null where it does not.</summary>
    public CheckThenAct? At(IOperation? use, CatalogueEntry entry, int depth, CancellationToken cancellation)
    {
        if (use is not IInvocationOperation { SemanticModel: { } semantics } write
            || AccessPath.Of(write.Receiver()) is not { } store
            || FlowGraphs.FunctionAround(write.Syntax) is not { } function
            || (entry["condition"] is { } condition && write.Arguments.Any(argument => IsGiven(argument, condition))))
            return null;
        foreach (var (read, site) in ReadsBefore(write, function, semantics, cancellation))
            if (AccessPath.Of(read.Receiver()) is { } other && other.Overlaps(store) && HaveSameKey(read, site, write)
                && (write.Arguments.Any(argument => IsMadeOf(argument.Value)) || IsClaim(site))
                && SharedEntries.EntranceOf(write.Syntax, false, model, cancellation) is { } entrance)
                return new CheckThenAct(EntryOf(write, store), site.Syntax, write.Syntax, entrance, entry["condition"] is { } etag ? $"pass '{etag}'" : "use a version, an ETag or a lock");

        return null;

        bool IsMadeOf(IOperation value) =>
            IsFrom(value) || value.DescendantsAndSelf().OfType<ILocalReferenceOperation>().Any(local => IsFrom(local) && local.Type is { IsReferenceType: true });

        bool IsFrom(IOperation value) =>
            ReadsBefore(write, function, semantics, cancellation).Any(read => SharedEntries.IsMadeOf(value, part => part.Syntax == read.Site.Syntax, semantics, cancellation));

        // if (await cache.GetAsync(id) != null) return; await cache.SetAsync(id, "taken"); work: two deliveries both find nothing and both work.
        bool IsClaim(IInvocationOperation read) =>
            function.DescendantNodes().OfType<IfStatementSyntax>().Any(choice =>
                choice.Condition.Span.End > read.Syntax.SpanStart && choice.SpanStart < write.Syntax.SpanStart
                && SharedEntries.Leaves(choice) is { } guard && FlowGraphs.FunctionAround(guard) == function
                && semantics.GetOperation(guard, cancellation) is { } asked && SharedEntries.IsMadeOf(asked, part => part.Syntax == read.Syntax, semantics, cancellation))
            && function.DescendantNodes().OfType<AwaitExpressionSyntax>().Any(work =>
                work.SpanStart > write.Syntax.Span.End && FlowGraphs.FunctionAround(work) == function
                && semantics.GetOperation(work, cancellation) is { } later
                && EffectSummaries.Of(model).Of(later, depth, cancellation).Effects.Any(effect => effect.Entry.AsksModelOrAgent() || (effect.Entry.Role == CatalogueRole.Effect && !IsStore(effect.Entry))));
    }

    private static bool IsGiven(IArgumentOperation argument, string condition) =>
        argument.Parameter?.Name == condition && !argument.IsImplicit && argument.Value.ConstantValue is not { HasValue: true, Value: null };

    // The reads in the function itself, and those of helpers that do nothing but give back what they read.
    private IEnumerable<(IInvocationOperation Read, IInvocationOperation Site)> ReadsBefore(
        IInvocationOperation write, SyntaxNode function, SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var syntax in function.DescendantNodes().OfType<InvocationExpressionSyntax>())
            if (syntax.Span.End < write.Syntax.SpanStart && FlowGraphs.FunctionAround(syntax) == function && semantics.GetOperation(syntax, cancellation) is IInvocationOperation call)
                if (IsRead(call))
                    yield return (call, call);
                else if (model.Declares(call.TargetMethod) && ReadIn(call.TargetMethod, cancellation) is { } read)
                    yield return (read, call);
    }

    private IInvocationOperation? ReadIn(IMethodSymbol method, CancellationToken cancellation)
    {
        var target = method.MethodKind == MethodKind.LocalFunction ? method.OriginalDefinition : CallGraph.Of(model).Resolve(method);
        return target == null ? null : MethodBodies.Of(target, model, cancellation).SelectMany(body => body.Descendants()).OfType<IReturnOperation>()
            .SelectMany(end => end.ReturnedValue?.DescendantsAndSelf() ?? []).OfType<IInvocationOperation>().FirstOrDefault(IsRead);
    }

    private bool IsRead(IInvocationOperation call)
    {
        var entries = model.EntriesOf(call.TargetMethod);
        return entries.Any(entry => entry.Role is CatalogueRole.StorageCall or CatalogueRole.DatabaseCall) && !entries.Any(entry => entry.Role == CatalogueRole.Effect)
            && call.TargetMethod.ReturnType is INamedTypeSymbol { TypeArguments.Length: > 0 };
    }

    // A helper's own key is its parameter, or a variable of the function around it.
    private static bool HaveSameKey(IInvocationOperation read, IInvocationOperation site, IInvocationOperation write) =>
        (read == site ? KeysOf(read) : KeysOf(read).Select(key => key.Unwrap() is IParameterReferenceOperation { Parameter: var parameter } && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, site.TargetMethod.OriginalDefinition)
            ? site.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal)?.Value : key).OfType<IOperation>())
        .Any(key => KeysOf(write).Any(other => key.Syntax.IsEquivalentTo(other.Syntax, topLevel: false)));

    private static IEnumerable<IOperation> KeysOf(IInvocationOperation call) =>
        call.Arguments.Where(argument => !argument.IsImplicit && argument.Parameter is { Type.Name: not "CancellationToken" } parameter && !(call.TargetMethod.IsExtensionMethod && parameter.Ordinal == 0))
            .Select(argument => argument.Value);

    private static string EntryOf(IInvocationOperation write, AccessPath store)
    {
        // Dapr's state has the store's name before the key.
        var keys = KeysOf(write).Where(value => value.Type?.SpecialType == SpecialType.System_String).Select(value => value.Syntax.ToString().Trim('"')).Take(2).ToList();
        return (keys.Count, Witness.NameOf(store.Member ?? store.Root)) switch
        {
            (0, var name) => $"the entry of '{name}'",
            (1, var name) => $"the entry '{keys[0]}' of '{name}'",
            (_, _) when write.Arguments.Length > 2 && write.TargetMethod.Parameters.Any(parameter => parameter.Name == "storeName") => $"the entry '{keys[1]}' of '{keys[0]}'",
            (_, var name) => $"the entry '{keys[0]}' of '{name}'",
        };
    }
}
