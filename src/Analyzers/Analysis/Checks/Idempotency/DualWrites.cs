using System.Collections.Concurrent;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Idempotency;

/// <summary>A change and a message of one function that nothing binds to each other.</summary>
/// <param name="Function">The function that leads to both.</param>
/// <param name="Message">The call in it that leads to the message.</param>
/// <param name="Publish">The way to the message.</param>
/// <param name="Save">The way to the change.</param>
/// <param name="IsBefore">Whether the message is out before the change is saved.</param>
internal sealed record DualWrite(IMethodSymbol Function, SyntaxNode Message, Witness Publish, Witness Save, bool IsBefore);

/// <summary>
/// Finds functions that change a database and publish a message about it, with no outbox that does both or neither. Found from each call that publishes,
/// outwards to the first caller that saves as well.
/// </summary>
internal sealed class DualWrites
{
    private const int MaxCallers = 3;
    private const int MaxFunctions = 400;

    private readonly AgentModel model;
    private readonly int depth;
    private readonly List<DualWrite> all = [];

    private DualWrites(AgentModel model, int depth, CancellationToken cancellation)
    {
        this.model = model;
        this.depth = depth;
        var query = model.Query(IsPublish);
        var found = new HashSet<SyntaxNode>();
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation publish && !IsHeldBack(publish, cancellation))
                    foreach (var write in Around(publish, cancellation))
                        if (found.Add(write.Message))
                            all.Add(write);
    }

    /// <summary>Those whose message stands in a file, in the order of the text.</summary>
    public static IEnumerable<DualWrite> In(SyntaxTree tree, AgentModel model, int depth, CancellationToken cancellation) =>
        model.Shared(_ => new Slots()).ByDepth.GetOrAdd(depth, _ => new Once<DualWrites>()).Get(() => new DualWrites(model, depth, cancellation)).all
            .Where(write => write.Message.SyntaxTree == tree).OrderBy(write => write.Message.SpanStart);

    // A message that only tells those who listen now is no part of the change.
    private static bool IsPublish(CatalogueEntry entry) =>
        entry.Role == CatalogueRole.Effect && entry["kind"] == "publish" && entry["class"] != "idempotent" && !entry.Has("notice");

    private bool IsHeldBack(IInvocationOperation publish, CancellationToken cancellation) =>
        Outboxes.Of(model, cancellation).HoldBack(publish.TargetMethod);

    private IEnumerable<DualWrite> Around(IInvocationOperation publish, CancellationToken cancellation)
    {
        var open = new Queue<(SyntaxNode Site, Witness Way, int Distance)>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        open.Enqueue((publish.Syntax, new Witness([new Call(publish.TargetMethod, null, publish.Syntax)]), 0));
        for (var count = 0; open.Count > 0 && count < MaxFunctions; count++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (site, way, distance) = open.Dequeue();
            if (FunctionAround(site, cancellation) is not { } function || !seen.Add(function))
                continue;
            if (SaveBeside(site, function, cancellation) is var (save, isBefore))
            {
                if (!IsRelay(site, save, cancellation) && (isBefore || !RunsUntilDone(function, 0, cancellation)))
                    yield return new DualWrite(function, site, way, save, isBefore);
                continue;
            }

            if (distance < MaxCallers)
                foreach (var name in CallerIndex.Of(model, cancellation).NamesOf(function.Implementation(), cancellation))
                    if (CallTo(function, name, cancellation) is { } call)
                        open.Enqueue((call.Site, way.After(call), distance + 1));
        }
    }

    // A broker or a workflow engine runs a handler or a step again when its process ends on the way, and the message follows then.
    private bool RunsUntilDone(IMethodSymbol function, int distance, CancellationToken cancellation)
    {
        if ((model.RolesOf(function, cancellation) & (MethodRoles.Activity | MethodRoles.Consumer)) != 0)
            return true;
        var callers = CallerIndex.Of(model, cancellation).NamesOf(function.Implementation(), cancellation);
        return distance < MaxCallers && callers.Count > 0
            && callers.All(name => FunctionAround(name, cancellation) is { } caller && !caller.Equals(function, SymbolEqualityComparer.Default)
                && RunsUntilDone(caller, distance + 1, cancellation));
    }

    // What only mentions the function, as a subscription does, does not run it here. A call of an interface may run another implementation.
    private Call? CallTo(IMethodSymbol function, SimpleNameSyntax name, CancellationToken cancellation)
    {
        var semantics = model.SemanticsOf(name.SyntaxTree);
        if (semantics.OperationOf(name, cancellation) is not IInvocationOperation call)
            return null;
        var from = semantics.GetEnclosingSymbol(name.SpanStart, cancellation)?.ContainingType;
        return new Call(call.TargetMethod, function, call.Syntax) { IsPossible = CallGraph.Of(model).MayRun(call.TargetMethod, from).Length > 1 };
    }

    private IMethodSymbol? FunctionAround(SyntaxNode site, CancellationToken cancellation)
    {
        var symbol = model.SemanticsOf(site.SyntaxTree).GetEnclosingSymbol(site.SpanStart, cancellation);
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } lambda && model.RolesOf(lambda, cancellation) == MethodRoles.None && lambda.ContainingSymbol is IMethodSymbol outer)
            symbol = outer;
        return symbol as IMethodSymbol;
    }

    // The nearest change that is saved on the same way through the function: after the message, else before it.
    private (Witness Save, bool IsBefore)? SaveBeside(SyntaxNode message, IMethodSymbol function, CancellationToken cancellation)
    {
        (Witness Save, bool IsBefore)? before = null;
        foreach (var call in CallGraph.Of(model).CallsOf(function, cancellation))
        {
            if (call.Site.Span.IntersectsWith(message.Span) || !OnOneWay(call.Site, message) || SaveIn(call, cancellation) is not { } save)
                continue;
            if (call.Site.SpanStart > message.SpanStart)
                return (save, true);
            before = (save, false);
        }

        return before;
    }

    private Witness? SaveIn(Call call, CancellationToken cancellation)
    {
        foreach (var entry in model.EntriesOf(call.Named))
            if (IsSave(new Effect(entry, new Witness([call])), cancellation))
                return new Witness([call]);
        if (call.Target is not { } target || model.EntriesOf(call.Named).Any(entry => entry.IsRemoteCall()))
            return null;
        foreach (var effect in EffectSummaries.Of(model).Of(target, depth - 1, cancellation).Effects)
            if (!effect.Witness.Steps.Any(step => step.Site.FirstAncestorOrSelf<CatchClauseSyntax>() != null || SwallowingTries.StandAround(step.Site, model, cancellation))
                && IsSave(effect, cancellation))
                return effect.Witness.After(call);
        return null;
    }

    private bool IsSave(Effect effect, CancellationToken cancellation)
    {
        if (effect.Entry.Role != CatalogueRole.Effect)
            return false;
        var entries = model.EntriesOf(effect.Witness.Target);
        if (!entries.Any(entry => entry.Role is CatalogueRole.DatabaseCall or CatalogueRole.StorageCall))
            return false;
        return effect.Entry["kind"] switch
        {
            "save" => true,
            "sql" => Writes.Writes.Of(model).Classify(effect, effect.Witness.Target, cancellation) is { Changes: true },
            "insert" or "update" or "upsert" or "delete" => true,
            _ => false,
        };
    }

    // Not in two branches of one choice, and neither in a handler: that is another way through the function.
    private static bool OnOneWay(SyntaxNode one, SyntaxNode other)
    {
        if (one.FirstAncestorOrSelf<CatchClauseSyntax>() != other.FirstAncestorOrSelf<CatchClauseSyntax>())
            return false;
        var around = other.AncestorsAndSelf().ToList();
        SyntaxNode? child = null;
        foreach (var node in one.AncestorsAndSelf())
        {
            if (around.IndexOf(node) is var at and >= 0)
            {
                var otherChild = at > 0 ? around[at - 1] : null;
                return node switch
                {
                    IfStatementSyntax or ConditionalExpressionSyntax or SwitchStatementSyntax or SwitchExpressionSyntax => child == otherChild || !IsBranch(child) || !IsBranch(otherChild),
                    BlockSyntax => !LeavesBetween(child, otherChild),
                    _ => true,
                };
            }

            child = node;
        }

        return false;
    }

    private static bool IsBranch(SyntaxNode? node) => node is StatementSyntax or ElseClauseSyntax or SwitchSectionSyntax or SwitchExpressionArmSyntax;

    // if (…) { publish; return; } save;
    private static bool LeavesBetween(SyntaxNode? one, SyntaxNode? other)
    {
        var first = one is null || other is null || one.SpanStart < other.SpanStart ? one : other;
        return first is IfStatementSyntax { Else: null, Statement: BlockSyntax { Statements: { Count: > 0 } statements } } && statements.Last() is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax;
    }

    // A relay sends rows that were written before, and marks them: to mark first would lose them.
    private bool IsRelay(SyntaxNode message, Witness save, CancellationToken cancellation)
    {
        foreach (var loop in message.Ancestors().OfType<ForEachStatementSyntax>())
        {
            var semantics = model.SemanticsOf(loop.SyntaxTree);
            if (semantics.GetDeclaredSymbol(loop, cancellation) is not { } row)
                continue;
            var isSent = message.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == row.Name)
                || loop.Statement.DescendantNodes().OfType<VariableDeclaratorSyntax>().Any(made => made.Initializer?.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == row.Name) == true);
            var isMarked = loop.Statement.DescendantNodes().OfType<ExpressionStatementSyntax>().Any(done => done.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var marked } } } && marked == row.Name)
                || loop.Statement.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(set => set.Left is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var owner } } && owner == row.Name)
                || save.Steps[0].Site.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == row.Name);
            if (isSent && isMarked)
                return true;
        }

        return false;
    }

    private sealed class Slots
    {
        public ConcurrentDictionary<int, Once<DualWrites>> ByDepth { get; } = new();
    }
}
