using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>A place where a sequence is gone through.</summary>
/// <param name="Use">The expression that names the sequence.</param>
/// <param name="By">What goes through it, as a message names it.</param>
/// <param name="IsRepeated">Whether it goes through it more than once by itself.</param>
internal sealed record Enumeration(IOperation Use, string By, bool IsRepeated);

/// <summary>Finds where a local sequence is enumerated, and which of these places one run goes through both.</summary>
internal sealed class Enumerations(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    // How many views of one sequence, and how many methods that are given it, are looked through.
    private const int MaxDepth = 4;

    private static readonly string[] Peeking = ["TryGetNonEnumeratedCount"];

    /// <summary>The places in its member that enumerate a local, in the order of the text; empty where it is set again, so that it may
    /// hold something else.</summary>
    public IReadOnlyList<Enumeration> Of(ILocalSymbol local, IOperation within)
    {
        var found = new List<Enumeration>();
        return Collect(local, within.Top(), found, 0) ? [.. found.OrderBy(place => place.Use.Syntax.SpanStart)] : [];
    }

    /// <summary>Two places that one run goes through, or one that it goes through again; null where there are none.</summary>
    public (Enumeration First, Enumeration Second)? Repeated(IReadOnlyList<Enumeration> places, SyntaxNode declaration)
    {
        foreach (var place in places)
            if (place.IsRepeated)
                return (place, place);
        if (places.Count == 0 || FlowGraphs.FunctionAround(declaration) is not { } function
            || FlowGraphs.Of(function, semantics, cancellation) is not { } graph)
            return null;
        var born = BlockOf(declaration, graph);
        for (var one = 0; one < places.Count; one++)
            for (var two = one; two < places.Count; two++)
                if (BlockOf(places[one].Use.Syntax, graph) is { } from && BlockOf(places[two].Use.Syntax, graph) is { } to
                    && ((from == to && one != two) || Reaches(from, to, born)))
                    return (places[one], places[two]);
        return null;
    }

    private bool Collect(ILocalSymbol local, IOperation top, List<Enumeration> found, int depth)
    {
        foreach (var operation in top.Descendants())
            if (operation is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local))
            {
                if (reference.Parent is IAssignmentOperation assignment && assignment.Target == reference)
                    return false;
                if (At(reference, reference, depth) is { } place)
                    found.Add(place);
                else if (depth < MaxDepth && ViewIn(reference) is { } view && !Collect(view, top, found, depth + 1))
                    return false;
            }

        return true;
    }

    // var views = tasks.Where(…): who goes through the view goes through the tasks.
    private ILocalSymbol? ViewIn(IOperation use)
    {
        var value = use;
        while (value.Parent is { } parent)
            switch (parent)
            {
                case IConversionOperation or IParenthesizedOperation:
                    value = parent;
                    break;
                case IArgumentOperation { Parent: IInvocationOperation call } when IsView(call):
                    value = call;
                    break;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when value != use:
                    return local;
                default:
                    return null;
            }

        return null;
    }

    private Enumeration? At(IOperation value, IOperation use, int depth)
    {
        var parent = value.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            (value, parent) = (parent, parent.Parent);
        switch (parent)
        {
            case IForEachLoopOperation loop when loop.Collection == value:
                return new Enumeration(use, "foreach", false);
            case ISpreadOperation:
                return new Enumeration(use, "a spread", false);
            case IReturnOperation { Kind: OperationKind.Return } end when end.Parent is not null && !IsOfLambda(end):
                return new Enumeration(use, "the caller", false);
            case IArgumentOperation { Parent: IInvocationOperation call } argument:
                if (IsView(call))
                    return At(call, use, depth);
                if (Goes(call))
                    return Peeking.Contains(call.TargetMethod.Name) ? null
                        : new Enumeration(use, $"'{Witness.NameOf(call.TargetMethod)}'", false);
                return argument.Parameter is { } parameter
                    && TimesIn(call.TargetMethod, parameter, depth) is var times and > 0
                    ? new Enumeration(use, $"'{Witness.NameOf(call.TargetMethod)}'", times > 1) : null;
            case IArgumentOperation { Parent: IObjectCreationOperation { Constructor: { } constructor } } when Mutability.IsCollection(constructor.ContainingType):
                return new Enumeration(use, $"'{Witness.NameOf(constructor)}'", false);
            default:
                return null;
        }
    }

    private static bool IsOfLambda(IOperation end)
    {
        for (var around = end.Parent; around != null; around = around.Parent)
            if (around is IAnonymousFunctionOperation)
                return true;
        return false;
    }

    // Another lazy sequence over the first one.
    private static bool IsView(IInvocationOperation call) =>
        call.TargetMethod is { IsExtensionMethod: true, ContainingType.Name: "Enumerable" }
            && call.Type is INamedTypeSymbol { Name: "IEnumerable" or "IOrderedEnumerable" };

    private bool Goes(IInvocationOperation call) =>
        call.TargetMethod is { IsExtensionMethod: true, ContainingType.Name: "Enumerable" }
        || model.EntriesOf(call.TargetMethod).Any(entry => entry.Role is CatalogueRole.AwaitsAll or CatalogueRole.AwaitsAny)
        || call.TargetMethod.Name is "AddRange" or "UnionWith";

    // How often a method of the project goes through what it is given: 0, 1 or more.
    private int TimesIn(IMethodSymbol method, IParameterSymbol parameter, int depth)
    {
        if (depth >= MaxDepth || CallGraph.Of(model).Resolve(method) is not { } target || !MethodBodies.HasSource(target, model))
            return 0;
        var times = 0;
        foreach (var body in MethodBodies.Of(target, model, cancellation))
            foreach (var operation in body.Descendants())
                if (operation is IParameterReferenceOperation reference && reference.Parameter.Ordinal == parameter.Ordinal
                    && SymbolEqualityComparer.Default.Equals(reference.Parameter.ContainingSymbol.OriginalDefinition,
                    target.OriginalDefinition))
                {
                    if (reference.Parent is IAssignmentOperation assignment && assignment.Target == reference)
                        return Math.Min(times, 1);
                    times += At(reference, reference, depth + 1) switch { null => 0, { IsRepeated: true } => 2, _ => 1 };
                }

        return times;
    }

    // ---- which places one run goes through -------------------------------------------------------------------------------------

    private static BasicBlock? BlockOf(SyntaxNode place, ControlFlowGraph graph)
    {
        BasicBlock? found = null;
        var size = int.MaxValue;
        foreach (var block in graph.Blocks)
            foreach (var operation in block.BranchValue == null ? block.Operations : block.Operations.Concat([block.BranchValue]))
                if (operation.Syntax.Span.Contains(place.Span) && operation.Syntax.Span.Length < size)
                    (found, size) = (block, operation.Syntax.Span.Length);
        return found;
    }

    // From behind one block to another, not through where the sequence is made anew.
    private static bool Reaches(BasicBlock from, BasicBlock to, BasicBlock? born)
    {
        var seen = new HashSet<BasicBlock>();
        var open = new Stack<BasicBlock>(Next(from));
        while (open.Count > 0)
        {
            var block = open.Pop();
            if (block == born || !seen.Add(block))
                continue;
            if (block == to)
                return true;
            foreach (var next in Next(block))
                open.Push(next);
        }

        return false;
    }

    private static IEnumerable<BasicBlock> Next(BasicBlock block)
    {
        if (block.FallThroughSuccessor?.Destination is { } next)
            yield return next;
        if (block.ConditionalSuccessor?.Destination is { } other)
            yield return other;
    }
}
