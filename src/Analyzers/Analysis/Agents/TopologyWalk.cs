using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>From each participant, through helpers, to the next ones and to what crosses the network.</summary>
internal sealed class TopologyWalk(AgentModel model, AgentGraph graph, Cast cast, ComposedAgents composed, CancellationToken cancellation)
{
    // How many helpers one participant is followed through.
    private const int MaxHelpers = 2000;

    private readonly Dictionary<(Participant From, Participant To), Wait> asked = [];
    private readonly Dictionary<ISymbol, AgentNode> nodes = graph.Nodes.ToDictionary(node => node.Symbol, SymbolEqualityComparer.Default);

    public IDictionary<(Participant From, Participant To), Wait> Walk()
    {
        foreach (var participant in cast.All)
            From(participant);
        return asked;
    }

    private void From(Participant participant)
    {
        // A helper is looked into once for each way of waiting for it: what is waited for on any way is waited for.
        var seen = new HashSet<(ISymbol Function, Wait Wait)>(cast.FunctionsOf(participant).Select(f => (f, Wait.Waits)), FunctionComparer.Instance);
        var open = new Queue<(ISymbol Function, Wait Wait)>(seen);
        while (open.Count > 0 && seen.Count < MaxHelpers)
        {
            cancellation.ThrowIfCancellationRequested();
            var (function, wait) = open.Dequeue();
            foreach (var (target, effect, how) in WaysFrom(participant, function))
            {
                var combined = wait == Wait.HandsOver || how == Wait.HandsOver ? Wait.HandsOver : wait > how ? wait : how;
                if (effect != null)
                    Ask(participant, effect, combined);
                else if (cast.RoleOf(target!) is { } other && other != participant)
                    Ask(participant, other, combined);
                else if (cast.RoleOf(target!) is { } self && nodes.ContainsKey(target!) && IsCalledAnew(function, target!))
                    Ask(participant, self, combined);
                else if (seen.Add((target!, combined)))
                    open.Enqueue((target!, combined));
            }
        }
    }

    // What a participant asks of itself is shown where it is asked again: a circle.
    private bool IsCalledAnew(ISymbol function, ISymbol target) =>
        nodes.TryGetValue(function, out var node) && node.Edges.Any(edge => SymbolEqualityComparer.Default.Equals(edge.To.Symbol, target) && (!edge.IsOwn || edge.To == node));

    private void Ask(Participant from, Participant to, Wait wait)
    {
        if (!asked.TryGetValue((from, to), out var known) || known < wait)
            asked[(from, to)] = wait;
    }

    private IEnumerable<(ISymbol? Target, Participant? Effect, Wait Wait)> WaysFrom(Participant participant, ISymbol symbol)
    {
        if (nodes.TryGetValue(symbol, out var node))
        {
            // What the call graph alone does not show: tools, agents in variables, the turns of library agents.
            foreach (var edge in node.Edges)
                yield return (edge.To.Symbol, null, edge.Wait);
            foreach (var tool in node.Tools)
                if (model.Declares(tool))
                    yield return (tool.Implementation(), null, Wait.Waits);
            if (node.IsValue)
                yield return (null, new Participant(ParticipantKind.Model, "model"), Wait.Waits);
        }

        if (symbol is not IMethodSymbol function || node is { IsValue: true })
            yield break;
        var own = function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        foreach (var call in CallGraph.Of(model).CallsOf(function, cancellation))
        {
            var entries = model.EntriesOf((ISymbol?)call.Named.AssociatedSymbol ?? call.Named);
            var known = entries.FirstOrDefault(IsShown);
            if (known == null && (call.Target is not { } target || !MethodBodies.HasSource(target, model)))
                continue;
            var operation = model.SemanticsOf(call.Site.SyntaxTree).GetOperation(call.Site, cancellation);
            var wait = operation is IInvocationOperation ? CallWaits.Of(model).Of(operation, own) : Wait.Waits;
            if (known != null && !(known.Role == CatalogueRole.AgentCall && node?.Edges.Any(edge => edge.Site == call.Site) == true))
                yield return (null, AgentOf(known, operation) ?? EffectOf(known, call, function, participant), KindOf(known) == ParticipantKind.Queue ? Wait.HandsOver : known.Has("blocking") ? Wait.Blocks : wait);
            else if (known == null)
                yield return (call.Target!.Implementation(), null, wait);
        }
    }

    private static bool IsShown(CatalogueEntry entry) => entry.IsRemoteCall() || entry.Role == CatalogueRole.ActivityCall || entry.Has("queue");

    private static ParticipantKind KindOf(CatalogueEntry entry) => entry.Role switch
    {
        CatalogueRole.ModelCall => ParticipantKind.Model,
        CatalogueRole.AgentCall => ParticipantKind.Agent,
        CatalogueRole.DatabaseCall or CatalogueRole.StorageCall => ParticipantKind.Store,
        CatalogueRole.MessageCall or CatalogueRole.ActivityCall or CatalogueRole.LocalCall => ParticipantKind.Queue,
        _ => ParticipantKind.Remote,
    };

    private Participant? AgentOf(CatalogueEntry entry, IOperation? call) =>
        entry.Role == CatalogueRole.AgentCall && call is IInvocationOperation asked && composed.AskedBy(asked) is { } name ? new Participant(ParticipantKind.Agent, name) : null;

    // A client of the project's own says more than the library's type.
    private Participant EffectOf(CatalogueEntry entry, Call call, IMethodSymbol function, Participant participant)
    {
        var kind = KindOf(entry);
        var library = Witness.NameOf(call.Named);
        library = library.Substring(0, Math.Max(library.IndexOf('.'), 0)) is { Length: > 0 } type ? type : library;
        var isHelper = cast.RoleOf(function) == null && function.ContainingType is { Name.Length: > 0 } && kind is ParticipantKind.Remote or ParticipantKind.Store or ParticipantKind.Queue
            && cast.FunctionsOf(participant).All(f => !AgentCalls.AreOneType(f, function));
        return new Participant(kind, kind == ParticipantKind.Model ? "model" : isHelper ? function.ContainingType!.Name : library);
    }

    private sealed class FunctionComparer : IEqualityComparer<(ISymbol Function, Wait Wait)>
    {
        public static readonly FunctionComparer Instance = new();

        public bool Equals((ISymbol Function, Wait Wait) x, (ISymbol Function, Wait Wait) y) => x.Wait == y.Wait && SymbolEqualityComparer.Default.Equals(x.Function, y.Function);

        public int GetHashCode((ISymbol Function, Wait Wait) key) => SymbolEqualityComparer.Default.GetHashCode(key.Function) * 4 + (int)key.Wait;
    }
}
