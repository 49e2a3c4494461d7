using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Sharing;
using AgentLint.Analysis.Summaries;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>A gate for one at a time that is held while a model or an agent works.</summary>
/// <param name="Name">The call.</param>
/// <param name="Gate">The variable that keeps the gate.</param>
/// <param name="Work">The model or agent call, with the path to it.</param>
/// <param name="Entrance">From where several come at once.</param>
internal sealed record HeldGate(SimpleNameSyntax Name, ISymbol Gate, Effect Work, Entrance Entrance);

/// <summary>Finds gates that all callers share and that a function holds over a model or agent call. One gate for each key keeps nobody else out.</summary>
internal sealed class HeldGates(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly NameSet words = new(model.Catalogue.Of(CatalogueRole.Lock).SelectMany(entry => entry.Members).Append("lock"));

    public IEnumerable<HeldGate> In()
    {
        // By the text: something is entered in the function.
        var entered = NameIndex.Of(semantics.SyntaxTree, cancellation).PositionsOf(words);
        if (entered.IsEmpty)
            yield break;
        var seen = new HashSet<(ISymbol Gate, SyntaxNode Function)>();
        foreach (var name in RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation))
        {
            if (name.FirstAncestorOrSelf<BaseMethodDeclarationSyntax>() is not { } function || !IsAnyIn(function.Span, entered))
                continue;
            // What a function holds is known to the function alone; what a call does, to all that it calls.
            if (semantics.OperationOf(name, cancellation) is not IInvocationOperation call)
                continue;
            var gates = LockSets.Of(model).HeldAt(name, cancellation)
                .Where(gate => gate is IFieldSymbol { IsConst: false } or IPropertySymbol && !IsTable(gate) && IsHeldHere(gate, function) && !seen.Contains((gate, function))).ToList();
            if (gates.Count == 0 || WorkOf(call) is not { } work)
                continue;
            foreach (var gate in gates)
                if (seen.Add((gate, function)) && Entrances.Of(model).At(name, cancellation) is { Roots.IsEmpty: false } entrance)
                    yield return new HeldGate(name, gate, work, entrance);
        }
    }

    private static bool IsAnyIn(TextSpan span, ImmutableArray<int> positions)
    {
        var first = positions.BinarySearch(span.Start);
        return (first < 0 ? ~first : first) is var next && next < positions.Length && positions[next] < span.End;
    }

    // What callers hold is reported where they take it.
    private static bool IsHeldHere(ISymbol gate, BaseMethodDeclarationSyntax function) =>
        function.DescendantNodes().OfType<IdentifierNameSyntax>().Any(use => use.Identifier.ValueText == gate.Name);

    // gates.GetOrAdd(key, …): one for each key.
    private static bool IsTable(ISymbol gate) =>
        (gate as IFieldSymbol)?.Type is INamedTypeSymbol { TypeArguments.IsEmpty: false } || (gate as IPropertySymbol)?.Type is INamedTypeSymbol { TypeArguments.IsEmpty: false };

    private Effect? WorkOf(IInvocationOperation call)
    {
        var entries = model.EntriesOf(call.TargetMethod);
        if (entries.FirstOrDefault(entry => entry.AsksModelOrAgent()) is { } direct)
            return new Effect(direct, new Witness([new Call(call.TargetMethod, null, call.Syntax)]));
        return entries.IsEmpty && CallGraph.Of(model).Resolve(call.TargetMethod) is { } helper && MethodBodies.HasSource(helper, model)
            && EffectSummaries.Of(model).Of(helper, depth, cancellation).First(entry => entry.AsksModelOrAgent()) is { } effect
            ? new Effect(effect.Entry, effect.Witness.After(new Call(call.TargetMethod, helper, call.Syntax)))
            : null;
    }
}
