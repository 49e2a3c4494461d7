using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>An object that serves one call at a time, used by several callers without a lock.</summary>
/// <param name="Holder">The shared member that holds it, or the collection that it is in.</param>
/// <param name="Site">The call.</param>
/// <param name="Owner">Why callers share the holder.</param>
/// <param name="Entrance">From where the call is reached.</param>
internal sealed record SharedLine(ISymbol Holder, SyntaxNode Site, Owner Owner, Entrance Entrance);

/// <summary>
/// Finds sockets and writers that a shared object holds, by itself or in a collection, and that several callers send through without taking turns: a broadcast
/// to all connections that two requests start.
/// </summary>
internal sealed class SharedLines(AgentModel model)
{
    // How many names and members an object is followed through.
    private const int MaxSteps = 12;

    private readonly CatalogueQuery sends = model.Query(entry => entry.Role == CatalogueRole.SingleSender);
    private readonly Once<ILookup<SyntaxTree, SharedLine>> all = new();

    public static SharedLines Of(AgentModel model) => model.Shared(m => new SharedLines(m));

    /// <summary>The calls of a file, each holder once, in the order of the text.</summary>
    public IEnumerable<SharedLine> In(SyntaxTree tree, CancellationToken cancellation) => all.Get(() => Find(cancellation))[tree];

    private ILookup<SyntaxTree, SharedLine> Find(CancellationToken cancellation)
    {
        var found = new List<SharedLine>();
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in sends.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation send && send.Receiver() is { } line)
                    foreach (var site in WriteSites.Of(model).LeadingTo(send, cancellation))
                        if (Check(line, site, cancellation) is { } one)
                        {
                            found.Add(one);
                            break;
                        }

        return found.GroupBy(one => (one.Holder, one.Site.SyntaxTree)).Select(same => same.OrderBy(one => one.Site.SpanStart).First())
            .OrderBy(one => one.Site.SpanStart).ToLookup(one => one.Site.SyntaxTree);
    }

    private SharedLine? Check(IOperation line, WriteSite at, CancellationToken cancellation)
    {
        var way = at.Way;
        while (line.Unwrap() is IParameterReferenceOperation { Parameter: var parameter })
            if (WriteSite.Given(parameter, way, out way) is { } given)
                line = given;
            else
                return null;
        // Only the function that names the holder is asked: what stands further out calls it.
        return way.IsEmpty && HolderOf(line, cancellation) is { } holder
            && Lifetimes.Of(model).OwnerOf(holder, cancellation) is { } owner
            && at.Way.Select(call => call.Syntax).Prepend(at.Write.Syntax).All(place => LockSets.Of(model).HeldAt(place, cancellation).IsEmpty)
            && SharedEntries.EntranceOf(at.Site.Syntax, holder.IsStatic, model, cancellation) is { Roots.IsEmpty: false } entrance
                ? new SharedLine(holder, at.Site.Syntax, owner, entrance)
                : null;
    }

    // sockets in foreach (var (id, socket) in sockets.ToArray()), connections.TryGetValue(id, out var one) … one.Socket
    private ISymbol? HolderOf(IOperation line, CancellationToken cancellation)
    {
        IOperation? part = line;
        for (var steps = 0; part != null && steps < MaxSteps; steps++)
            switch (part.UnwrapAwaitable())
            {
                case ILocalReferenceOperation { Local: var local, SemanticModel: { } semantics } use:
                    part = SourceOf(local, use, semantics, cancellation);
                    break;
                // What a collection gives was put there; what another object gives may be made for the caller.
                case IInvocationOperation { TargetMethod.ContainingType: var carrier } call when model.Is(carrier.OriginalDefinition, CatalogueRole.Carrier):
                    part = call.Receiver();
                    break;
                case IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } own:
                    return SharedEntries.SharedVariable(own, model, cancellation);
                case IPropertyReferenceOperation { Instance: { } owner }:
                    part = owner;
                    break;
                case IFieldReferenceOperation { Instance: { } owner }:
                    part = owner;
                    break;
                default:
                    return null;
            }

        return null;
    }

    private static IOperation? SourceOf(ILocalSymbol local, IOperation use, SemanticModel semantics, CancellationToken cancellation)
    {
        if (local.InitializerOf(semantics, cancellation) is { } initializer)
            return initializer;
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration || declaration.SyntaxTree != semantics.SyntaxTree)
            return null;
        // foreach (var socket in sockets), foreach (var (id, socket) in sockets)
        if (declaration.FirstAncestorOrSelf<CommonForEachStatementSyntax>() is { } loop && !loop.Expression.Span.Contains(declaration.Span) && !loop.Statement.Span.Contains(declaration.Span))
            return semantics.GetOperation(loop.Expression, cancellation);
        return use.Top().Descendants().OfType<IInvocationOperation>().FirstOrDefault(call => call.Arguments.Any(argument =>
            argument.Parameter?.RefKind == RefKind.Out && argument.Value.Syntax.Span.Contains(declaration.Span)));
    }
}
