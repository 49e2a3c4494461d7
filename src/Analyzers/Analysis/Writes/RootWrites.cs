using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Writes;

/// <summary>A write without a key that something else may have run again.</summary>
/// <param name="Site">The call in the root that leads to it.</param>
/// <param name="Root">The tool, agent, activity, consumer or workflow.</param>
/// <param name="Write">The write.</param>
/// <param name="IsRedelivered">Whether what runs the root runs it again as a matter of course: a broker, a workflow.</param>
internal sealed record RootWrite(SyntaxNode Site, IMethodSymbol Root, Write Write, bool IsRedelivered);

/// <summary>Finds the unkeyed writes that are reached from code that is run at least once by something else.</summary>
internal sealed class RootWrites(AgentModel model)
{
    private const MethodRoles RunAgain = MethodRoles.Tool | MethodRoles.Agent | MethodRoles.Activity | MethodRoles.Consumer | MethodRoles.Workflow;

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
        foreach (var root in roots.OrderBy(root => root.DeclaringSyntaxReferences[0].Span.Start))
        {
            var seen = new HashSet<(ISymbol, ISymbol, SyntaxNode?)>();
            var sites = new HashSet<SyntaxNode>();
            var isRedelivered = (model.RolesOf(root, cancellation) & Redelivered) != 0;
            var dropsRepetitions = isRedelivered && Outboxes.Of(model, cancellation).DropRepetitionsFor(root);
            foreach (var write in writes.In(root, depth, cancellation).OrderBy(write => write.Effect.Witness, ByExecution))
                if (!write.Effect.Entry.Has("retried")
                    && !(promised.Contains(root) && (write.MayAsk || write.Effect.Entry["class"] != "conditional"))
                    && !(dropsRepetitions && IsOfConsumer(write.Effect.Entry))
                    && write.Effect.Witness.Steps[0].Site is var site
                    && site.SyntaxTree == semantics.SyntaxTree
                    && !IsReportedBelow(write, root, cancellation)
                    // A retry around the same call is reported as such.
                    && !RetriedWrites.Cover(write.Effect.Witness, model, depth, cancellation)
                    // Each case of a switch over messages is an operation of its own.
                    && seen.Add((write.Effect.Witness.Steps[0].Named.OriginalDefinition, write.Effect.Witness.Target.OriginalDefinition, site.FirstAncestorOrSelf<SwitchSectionSyntax>()))
                    && sites.Add(site))
                    yield return new RootWrite(site, root, write, isRedelivered && !dropsRepetitions);
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
                || model.Compilation.SyntaxTrees.Any(tree => candidates.IsMentionedIn(tree, cancellation)));
        return known;
    }

    private HashSet<IMethodSymbol> RootsIn(SemanticModel semantics, HashSet<IMethodSymbol> promised, CancellationToken cancellation)
    {
        var roots = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var approved = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var registered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var registration in model.RoleRegistrations(cancellation))
            if (registration.Method is { } method && (registration.Role & RunAgain) != 0)
            {
                registered.Add(method.Name);
                // new ApprovalRequiredAIFunction(AIFunctionFactory.Create(…))
                if (registration.Site.Ancestors().OfType<BaseObjectCreationExpressionSyntax>().Any(made => model.Is(model.SemanticsOf(made.SyntaxTree).GetTypeInfo(made, cancellation).Type, CatalogueRole.Approval)))
                    approved.Add(method);
                else if (method.MethodKind == MethodKind.AnonymousFunction && method.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree == semantics.SyntaxTree)
                    roots.Add(method);
            }

        foreach (var contract in ToolContracts.Of(model).In(semantics, cancellation))
            foreach (var method in contract.Methods)
                if (method.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree == semantics.SyntaxTree)
                {
                    roots.Add(method);
                    if (contract.Hints.Any(hint => hint is { Hint: ToolHint.ReadOnly or ToolHint.Idempotent, Value: true }))
                        promised.Add(method);
                }

        foreach (var node in semantics.SyntaxTree.GetRoot(cancellation).Declarations())
            if (node is MethodDeclarationSyntax { Parent: TypeDeclarationSyntax type } declaration
                && (declaration.AttributeLists.Count > 0 || declaration.ParameterList.Parameters.Any(parameter => parameter.AttributeLists.Count > 0) || type.AttributeLists.Count > 0 || type.BaseList != null || registered.Contains(declaration.Identifier.ValueText))
                && semantics.GetDeclaredSymbol(declaration, cancellation) is IMethodSymbol { IsAbstract: false } method
                && (model.RolesOf(method, cancellation) & RunAgain) != 0)
                roots.Add(method);
        roots.ExceptWith(approved);
        return roots;
    }
}
