using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Writes;

/// <summary>A write without a key that something else may have run again.</summary>
/// <param name="Site">The call in the root that leads to it.</param>
/// <param name="Root">The tool, agent, activity, consumer, job, webhook or workflow, or the request handler that pays or asks a model.</param>
/// <param name="Write">The write.</param>
/// <param name="IsRedelivered">Whether what runs the root runs it again as a matter of course: a broker, a workflow, the sender of an event.</param>
/// <param name="IsCertain">Whether the write is known to be reached, from a root that is known to be run again: a person may send a request twice.</param>
internal sealed record RootWrite(SyntaxNode Site, IMethodSymbol Root, Write Write, bool IsRedelivered, bool IsCertain);

/// <summary>Finds the unkeyed writes that are reached from code that is run at least once by something else.</summary>
internal sealed class RootWrites(AgentModel model)
{
    private const MethodRoles RunAgain = MethodRoles.Tool | MethodRoles.Agent | MethodRoles.Activity | MethodRoles.Consumer | MethodRoles.Workflow | MethodRoles.Job;

    private const MethodRoles Redelivered = MethodRoles.Activity | MethodRoles.Consumer | MethodRoles.Workflow;

    private readonly UnkeyedWrites writes = UnkeyedWrites.Of(model);
    private readonly CatalogueQuery candidates = model.Query(UnkeyedWrites.MayBe);
    private object? hasWrites;

    public static RootWrites Of(AgentModel model) => model.Shared(m => new RootWrites(m));

    /// <summary>Those whose root stands in a file, in the order of the text.</summary>
    public IEnumerable<RootWrite> In(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        if (!HasWrites(cancellation))
            yield break;
        // What these declare is held against them elsewhere.
        var promised = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var roots = RootsIn(semantics, promised, cancellation);
        // What is declared idempotent is held to it, whoever calls.
        var declared = new HashSet<IMethodSymbol>(Promises.Of(model).MembersIn(semantics.SyntaxTree, CatalogueRole.Idempotent), SymbolEqualityComparer.Default);
        roots.UnionWith(declared);
        foreach (var root in roots.OrderBy(root => root.DeclaringSyntaxReferences[0].Span.Start))
        {
            var seen = new HashSet<(ISymbol, ISymbol, SyntaxNode?)>();
            var sites = new HashSet<SyntaxNode>();
            var isWebhook = IsWebhook(root, depth, cancellation);
            var isOnce = MethodRoleReader.IsDeliveredOnce(model, root);
            var isRedelivered = isWebhook || declared.Contains(root) || ((model.RolesOf(root, cancellation) & Redelivered) != 0 && !isOnce);
            var reached = EffectSummaries.Of(model).Of(root, depth, cancellation).Effects;
            if (!isWebhook && IsRequest(root, cancellation) && !reached.Any(effect => IsPayment(effect.Entry) || IsStart(effect.Entry) || effect.Entry.AsksModelOrAgent()))
                continue;
            // What a method that runs first asks, and answers with a stop, is the handler's own look.
            if (MethodRoleReader.IsGuardedByName(model, root))
                continue;
            var dropsRepetitions = (isRedelivered || isOnce) && Outboxes.Of(model, cancellation).DropRepetitionsFor(root, cancellation);
            foreach (var write in writes.MayBeIn(root, depth, cancellation).OrderBy(write => write.Effect.Witness, ByExecution))
                if (!write.Effect.Entry.Has("retried")
                    && !(promised.Contains(root) && (write.MayAsk || write.Effect.Entry["class"] != "conditional"))
                    && !(dropsRepetitions && IsOfConsumer(write.Effect.Entry))
                    && write.Effect.Witness.Steps[0].Site is var site
                    && site.SyntaxTree == semantics.SyntaxTree
                    && (isWebhook || Counts(root, write, reached, cancellation))
                    && !IsReportedBelow(write, root, cancellation)
                    // A retry around the same call is reported as such.
                    && !RetriedWrites.Cover(write.Effect.Witness, model, depth, cancellation)
                    // Each case of a switch over messages is an operation of its own.
                    && seen.Add((write.Effect.Witness.Steps[0].Named.OriginalDefinition, write.Effect.Witness.Target.OriginalDefinition, site.FirstAncestorOrSelf<SwitchSectionSyntax>()))
                    && sites.Add(site))
                    yield return new RootWrite(site, root, write, isRedelivered && !dropsRepetitions, (isRedelivered || (IsRunAgain(root, cancellation) && !isOnce)) && !write.Effect.Witness.IsPossible);
        }
    }

    // Of two writes that one call leads to, the one that is done first.
    private static readonly Comparer<Witness> ByExecution = Comparer<Witness>.Create((x, y) =>
    {
        for (var i = 0; i < Math.Min(x.Steps.Length, y.Steps.Length); i++)
            if (x.Steps[i].Site != y.Steps[i].Site)
                return x.Steps[i].Site.SyntaxTree == y.Steps[i].Site.SyntaxTree ? x.Steps[i].Site.SpanStart.CompareTo(y.Steps[i].Site.SpanStart) : 0;
        return x.Steps.Length.CompareTo(y.Steps.Length);
    });

    // Rows and messages of a consumer whose inbox drops repetitions are saved and sent with the entry in the inbox.
    private static bool IsOfConsumer(CatalogueEntry entry) => entry["kind"] is "publish" or "insert" or "save" or "update" or "sql";

    // A decorator of a tool, or a handler that calls the next one: the write is reported there.
    private bool IsReportedBelow(Write write, IMethodSymbol root, CancellationToken cancellation) =>
        write.Effect.Witness.Steps.Any(step => step.Target is { } target
            && !SymbolEqualityComparer.Default.Equals(target.OriginalDefinition, root.OriginalDefinition)
            && (model.RolesOf(target, cancellation) & RunAgain) != 0);

    // An attribute is written without the end of its name.
    private bool HasWrites(CancellationToken cancellation)
    {
        if (Volatile.Read(ref hasWrites) is not bool known)
            Volatile.Write(ref hasWrites, known = model.Catalogue.Of(CatalogueRole.Effect).Any(entry => UnkeyedWrites.MayBe(entry) && entry.Members.Contains(".ctor") && model.IsPresent(entry))
                || model.Compilation.SyntaxTrees.Any(tree => candidates.IsMentionedIn(tree, cancellation))
                || ForeignFacts.Of(model).AnyReaches(fact => UnkeyedWrites.MayBe(fact.Entry), cancellation));
        return known;
    }

    private HashSet<IMethodSymbol> RootsIn(SemanticModel semantics, HashSet<IMethodSymbol> promised, CancellationToken cancellation)
    {
        var approved = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (var registration in model.RoleRegistrations(cancellation))
            // new ApprovalRequiredAIFunction(AIFunctionFactory.Create(…))
            if (registration.Method is { } method && (registration.Role & RunAgain) != 0
                && registration.Site.Ancestors().OfType<BaseObjectCreationExpressionSyntax>().Any(made => model.Is(model.SemanticsOf(made.SyntaxTree).GetTypeInfo(made, cancellation).Type, CatalogueRole.Approval)))
                approved.Add(method);

        var roots = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (var entry in EntryPoints.Of(model).In(semantics, cancellation))
            if ((entry.Roles & (RunAgain | MethodRoles.Handler)) != 0)
                roots.Add(entry.Function);
        foreach (var contract in ToolContracts.Of(model).In(semantics, cancellation))
            foreach (var method in contract.Methods)
                if (method.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree == semantics.SyntaxTree)
                {
                    roots.Add(method);
                    if (contract.Hints.Any(hint => hint is { Hint: ToolHint.ReadOnly or ToolHint.Idempotent, Value: true }))
                        promised.Add(method);
                }

        roots.ExceptWith(approved);
        return roots;
    }

    private bool IsRequest(IMethodSymbol root, CancellationToken cancellation) =>
        (model.RolesOf(root, cancellation) & (RunAgain | MethodRoles.Handler)) == MethodRoles.Handler;

    private static bool IsPayment(CatalogueEntry entry) => entry.Role == CatalogueRole.Effect && entry["kind"] == "payment";

    private static bool IsStart(CatalogueEntry entry) => entry.Role == CatalogueRole.Effect && entry["kind"] == "start";

    private bool IsWebhook(IMethodSymbol root, int depth, CancellationToken cancellation) =>
        IsRequest(root, cancellation) && EntryPoints.Of(model).IsWebhook(root, depth, cancellation);

    // A schedule starts the next run; a model, a host or an engine starts the same one again.
    private bool IsRunAgain(IMethodSymbol root, CancellationToken cancellation) =>
        (model.RolesOf(root, cancellation) & (RunAgain | MethodRoles.Handler)) is not (MethodRoles.Handler or MethodRoles.Job);

    // A person sends a request again, a browser or a proxy does, where the answer is slow to come: what counts there is money, a workflow, which does all
    // that it does again, and what is done after a model was asked. Other requests that add a row are not worth a word.
    private bool Counts(IMethodSymbol root, Write write, ImmutableArray<Effect> reached, CancellationToken cancellation) =>
        !IsRequest(root, cancellation) || write.Effect.Entry["kind"] switch
        {
            "payment" or "start" => true,
            "mail" or "sms" or "call" or "publish" or "http" => reached.Any(effect => effect.Entry.AsksModelOrAgent()),
            _ => false,
        };
}
