using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace AgentLint.Analysis.Values;

/// <summary>
/// Forward taint from what models write to the sinks of the catalogue, over the whole program. Each function is analysed once for each
/// choice of
/// parameters that may be tainted (<see cref="TaintKey"/>); callers use its summary. Functions that call each other are analysed until their
/// summaries no longer change. The search starts where a source stands and where a tool begins, and goes to callers where a function
/// gives back
/// what a model wrote.
/// </summary>
internal sealed class Taint
{
    /// <summary>How many sinks a summary names.</summary>
    public const int MaxHits = 64;

    /// <summary>How many of these may be records for people: there are more of them than of all others, and they matter least.</summary>
    public const int MaxRecords = 16;

    /// <summary>How many calls a way from a source to a sink may have.</summary>
    public const int MaxCalls = 16;

    // Beyond these nothing more is followed: the work of one program.
    private const int MaxRuns = 20_000;
    private const int MaxRunsOfKey = 8;
    private const int MaxNesting = 24;
    private const int MaxBlocks = 4_000;

    private readonly Dictionary<TaintKey, TaintSummary> summaries = [];
    private readonly Dictionary<TaintKey, IReadOnlyList<TaintFinding>> findings = [];
    private readonly Dictionary<TaintKey, int> runs = [];
    private readonly Dictionary<TaintKey, HashSet<TaintKey>> readers = [];
    private readonly Dictionary<ISymbol, HashSet<TaintKey>> fieldReaders = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, TaintValue> fields = new(SymbolEqualityComparer.Default);
    private readonly HashSet<IMethodSymbol> returning = new(SymbolEqualityComparer.Default);
    private readonly HashSet<TaintKey> active = [];
    private readonly Queue<TaintKey> open = new();
    private readonly HashSet<TaintKey> queued = [];
    private readonly ConcurrentDictionary<SyntaxNode, ControlFlowGraph?> graphs = new();
    private int total;

    private Taint(AgentModel model, IEnumerable<TaintKey> roots, CancellationToken cancellation)
    {
        Model = model;
        Knowledge = new TaintKnowledge(model);
        Services = model.ServiceRegistrations(cancellation)
            .SelectMany(registration => new[] { registration.Service, registration.Implementation }).OfType<INamedTypeSymbol>()
                .Select(type => (ITypeSymbol)type.OriginalDefinition)
            .ToImmutableHashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        Solve(roots, cancellation);
        graphs.Clear();
    }

    public AgentModel Model { get; }

    public TaintKnowledge Knowledge { get; }

    /// <summary>Types that the container makes: no model fills in a parameter of such a type.</summary>
    public ImmutableHashSet<ITypeSymbol> Services { get; }

    /// <summary>Whether a bound ended the search: what is not found may still be there.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The flows of the program, in the order of its files and their text.</summary>
    public ImmutableArray<TaintFinding> Findings { get; private set; } = [];

    /// <summary>How many times functions were analysed.</summary>
    public int Runs => total;

    public static Taint Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<Taint>()).Get(() => new Taint(model, TaintRoots.Of(model, cancellation), cancellation));

    /// <summary>An analysis that looks into the functions that are asked about. It keeps what it has found, and serves one thread.</summary>
    public static Taint OnDemand(AgentModel model, CancellationToken cancellation) => new(model, [], cancellation);

    /// <summary>The summary of a function for parameters that may all be tainted; null where none can hold text.</summary>
    public TaintSummary? SummaryOf(IMethodSymbol function, CancellationToken cancellation)
    {
        var tainted = 0UL;
        foreach (var parameter in function.Parameters)
            if (parameter.RefKind == RefKind.None && !Knowledge.IsClosed(parameter.Type))
                tainted |= TaintKey.Bit(parameter.Ordinal);
        if (tainted == 0)
            return null;
        var key = new TaintKey(function.Implementation(), tainted, false);
        Enqueue(key);
        RunAll(cancellation);
        return summaries.TryGetValue(key, out var summary) ? summary : null;
    }

    /// <summary>The flows that are reported in one file.</summary>
    public IEnumerable<TaintFinding> In(SyntaxTree tree) => Findings.Where(finding => finding.Site.SyntaxTree == tree);

    /// <summary>The summary of a function for a choice of parameters; null where there is nothing to know.</summary>
    public TaintSummary? Get(TaintRun reader, IMethodSymbol function, ulong tainted)
    {
        var key = new TaintKey(function, tainted, false);
        if (!readers.TryGetValue(key, out var known))
            readers.Add(key, known = []);
        known.Add(reader.Key);
        // A function that is given nothing is of interest where a search started in it.
        if (tainted != 0 && !summaries.ContainsKey(key) && !active.Contains(key))
        {
            if (active.Count < MaxNesting)
                Run(key, reader.Cancellation);
            else
                Enqueue(key);
        }

        return summaries.TryGetValue(key, out var summary) ? summary : null;
    }

    /// <summary>What any method has put into a field or property.</summary>
    public TaintValue FieldOf(TaintRun reader, ISymbol field)
    {
        field = field.OriginalDefinition;
        if (!Model.Declares(field))
            return TaintValue.Clean;
        if (!fieldReaders.TryGetValue(field, out var known))
            fieldReaders.Add(field, known = []);
        known.Add(reader.Key);
        return fields.TryGetValue(field, out var value) ? value : TaintValue.Clean;
    }

    /// <summary>Notes that a field is given what a model wrote; the functions that read it are analysed again.</summary>
    public void NoteField(TaintRun writer, ISymbol field, TaintValue value)
    {
        field = field.OriginalDefinition;
        var kept = OfSources(value).Mark(TaintTraits.May);
        if (kept.Labels.IsEmpty && kept.Members.IsEmpty || !Model.Declares(field))
            return;
        var known = fields.TryGetValue(field, out var before) ? before : TaintValue.Clean;
        if (known.Join(kept) is var joined && joined.Equals(known))
            return;
        fields[field] = joined;
        if (known.IsClean)
            foreach (var use in CallerIndex.Of(Model, writer.Cancellation).UsesOf(field, writer.Cancellation))
                if (MemberAround(use.Syntax, writer.Cancellation) is { } function)
                    Enqueue(new TaintKey(function, 0, false));
        if (fieldReaders.TryGetValue(field, out var dependent))
            foreach (var key in dependent)
                Enqueue(key);
    }

    /// <summary>Whether a function has code of its own: the accessors of an automatic property have none.</summary>
    public bool HasBody(IMethodSymbol function, CancellationToken cancellation) =>
        function.DeclaringSyntaxReferences.Any(reference =>
            reference.GetSyntax(cancellation) is AccessorDeclarationSyntax { Body: not null } or AccessorDeclarationSyntax { ExpressionBody: not null } or ArrowExpressionClauseSyntax);

    /// <summary>The control-flow graph of a function; null where it has none, or is too large to follow.</summary>
    public ControlFlowGraph? GraphOf(IMethodSymbol function, CancellationToken cancellation)
    {
        foreach (var reference in function.Implementation().DeclaringSyntaxReferences)
            if (Model.Compilation.ContainsSyntaxTree(reference.SyntaxTree)
                && FlowGraphs.Of(reference.GetSyntax(cancellation), Model.SemanticsOf(reference.SyntaxTree), graphs,
                    cancellation) is { } graph)
            {
                if (graph.Blocks.Length <= MaxBlocks)
                    return graph;
                IsCut = true;
            }

        return null;
    }

    private static TaintValue OfSources(TaintValue value)
    {
        var kept = TaintValue.Clean;
        foreach (var pair in value.Labels)
            if (pair.Key.Source.Origin is TaintOrigin.Answer or TaintOrigin.Argument)
                kept = kept.With(pair.Key, pair.Value);
        foreach (var member in value.Members)
            kept = kept.WithMember(member.Key, OfSources(member.Value));
        return kept;
    }

    private void RunAll(CancellationToken cancellation)
    {
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var key = open.Dequeue();
            queued.Remove(key);
            Run(key, cancellation);
        }
    }

    private void Solve(IEnumerable<TaintKey> roots, CancellationToken cancellation)
    {
        foreach (var key in roots)
            Enqueue(key);
        RunAll(cancellation);
        var order = new Dictionary<SyntaxTree, int>();
        foreach (var tree in Model.Compilation.SyntaxTrees)
            order[tree] = order.Count;
        Findings =
        [
            .. findings.Values.SelectMany(found => found)
                .GroupBy(finding => (finding.Site, finding.Hit.Site, finding.Source, finding.Hit.Entry))
                .Select(group => group.OrderBy(finding => finding.Hit.Calls.Length)
                    .ThenBy(finding => finding.Hit.Label.Members, StringComparer.Ordinal).First())
                .OrderBy(finding => order[finding.Site.SyntaxTree]).ThenBy(finding => finding.Site.SpanStart)
                    .ThenBy(finding => finding.Hit.Calls.Length)
                .ThenBy(finding => order[finding.Hit.Site.SyntaxTree]).ThenBy(finding => finding.Hit.Site.SpanStart),
        ];
    }

    private void Enqueue(TaintKey key)
    {
        if (queued.Add(key))
            open.Enqueue(key);
    }

    private void Run(TaintKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var count = runs.TryGetValue(key, out var known) ? known : 0;
        if (total >= MaxRuns || count >= MaxRunsOfKey)
        {
            IsCut = true;
            return;
        }

        if (!active.Add(key))
            return;
        runs[key] = count + 1;
        total++;
        var run = new TaintRun(this, key, cancellation);
        var summary = GraphOf(key.Function, cancellation) is { } graph ? run.Summarize(TaintFlow.Analyze(run, graph))
            : TaintSummary.Nothing;
        active.Remove(key);
        findings[key] = run.Findings;
        if (summaries.TryGetValue(key, out var before) ? before.Equals(summary) : summary.Equals(TaintSummary.Nothing))
        {
            summaries[key] = summary;
            return;
        }

        summaries[key] = summary;
        if (readers.TryGetValue(key, out var dependent))
            foreach (var reader in dependent.ToList())
                if (!reader.Equals(key) || count + 1 < MaxRunsOfKey)
                    Enqueue(reader);
        if (key is { Tainted: 0, IsTool: false }
            && (!OfSources(summary.Returned).IsClean || summary.Written.Any(pair => pair.Key >= 0 && !OfSources(pair.Value).IsClean))
                && returning.Add(key.Function))
            foreach (var caller in CallersOf(key.Function, cancellation))
                Enqueue(new TaintKey(caller, 0, false));
    }

    private IEnumerable<IMethodSymbol> CallersOf(IMethodSymbol function, CancellationToken cancellation)
    {
        foreach (var name in CallerIndex.Of(Model, cancellation).NamesOf(function.Implementation(), cancellation))
            if (MemberAround(name, cancellation) is { } caller)
                yield return caller;
    }

    private IMethodSymbol? MemberAround(SyntaxNode place, CancellationToken cancellation) =>
        TaintRoots.MemberAround(place, Model, cancellation);
}
