using AgentLint.Analysis.Sharing;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>A queue without a bound between a public entry point and a model.</summary>
/// <param name="Made">The creation.</param>
/// <param name="Queue">The member that keeps it.</param>
/// <param name="Entrance">From where it is filled.</param>
/// <param name="Fill">Where it is filled.</param>
/// <param name="Work">The model or agent call of what empties it.</param>
internal sealed record UnboundedQueue(IOperation Made, ISymbol Queue, Entrance Entrance, SyntaxNode Fill, Effect Work);

/// <summary>
/// Finds queues that a member keeps, that grow with each request or message, and that are emptied by code which waits for a model. A queue of one call is
/// bounded by that call.
/// </summary>
internal sealed class UnboundedQueues(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    /// <summary>The queues that the file makes.</summary>
    public IEnumerable<UnboundedQueue> In()
    {
        var made = new Creations(model, Makes).In(semantics, cancellation).Select(found => (IOperation)found.Creation).ToList();
        foreach (var use in model.Query(Makes).In(semantics.SyntaxTree, cancellation))
            if (semantics.OperationOf(use.Name, cancellation) is IInvocationOperation call)
                made.Add(call);
        foreach (var operation in made.OrderBy(operation => operation.Syntax.SpanStart))
            if (At(operation) is { } queue)
                yield return queue;
    }

    private static bool Makes(CatalogueEntry entry) => entry.Role == CatalogueRole.UnboundedQueue;

    private UnboundedQueue? At(IOperation made)
    {
        if (HasBound(made) || KeptBy(made) is not { } queue)
            return null;
        var index = CallerIndex.Of(model, cancellation);
        (Entrance Entrance, SyntaxNode Fill)? fill = null;
        Effect? work = null;
        foreach (var place in index.UsesOf(queue, cancellation))
        {
            var name = MemberUsed(place);
            if (name is "Writer" or "TryWrite" or "WriteAsync" or "Enqueue" or "Add" or "TryAdd")
            {
                var entrance = Entrances.Of(model).At(place.Syntax, cancellation);
                if (fill == null && !entrance.Roots.IsEmpty)
                    fill = (entrance, place.Syntax);
            }
            else if (name is "Reader" or "ReadAsync" or "ReadAllAsync" or "TryDequeue" or "Take" or "TryTake" or "GetConsumingEnumerable")
                work ??= index.FunctionsAround(place.Syntax, cancellation)
                    .Select(function => EffectSummaries.Of(model).Of(function, depth, cancellation).First(entry => entry.AsksModelOrAgent()))
                    .FirstOrDefault(effect => effect != null);
        }

        return fill is { } filled && work != null ? new UnboundedQueue(made, queue, filled.Entrance, filled.Fill, work) : null;
    }

    // new BlockingCollection<T>(100)
    private static bool HasBound(IOperation made) =>
        made is IObjectCreationOperation creation && creation.Arguments.Any(argument => argument.Parameter?.Type.SpecialType == SpecialType.System_Int32);

    private ISymbol? KeptBy(IOperation made)
    {
        var value = made;
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
            value = value.Parent;
        return value.Parent switch
        {
            IFieldInitializerOperation { InitializedFields: var fields } => fields.FirstOrDefault(),
            IPropertyInitializerOperation { InitializedProperties: var properties } => properties.FirstOrDefault(),
            ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation, Member: IFieldSymbol or IPropertySymbol } target } => target.Member.OriginalDefinition,
            _ => null,
        } is { } member && model.Declares(member) ? member : null;
    }

    private static string? MemberUsed(IOperation place)
    {
        var use = place.Parent;
        while (use is IConversionOperation or IParenthesizedOperation)
            use = use.Parent;
        return use switch
        {
            IInvocationOperation call => call.TargetMethod.Name,
            IMemberReferenceOperation member => member.Member.Name,
            IArgumentOperation { Parent: IInvocationOperation call } => call.TargetMethod.Name,
            _ => null,
        };
    }
}
