using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>
/// Puts awaits into a document: makes the functions around them asynchronous, awaits these in turn, and so on until nothing is left to
/// change. Each addition is taken whole or not at all.
/// </summary>
internal sealed class AsyncConversion
{
    private readonly FixContext context;
    private readonly FileHabits habits;
    private readonly AwaitPlaces places;
    private readonly AsyncFunctions functions;
    private readonly TaskReturns returns;
    private readonly TypeNames types;
    private readonly Dictionary<SyntaxNode, AsyncFunction> converted = [];
    private readonly HashSet<ExpressionSyntax> awaited = [];

    public AsyncConversion(FixContext context, FileHabits habits, TypeNames types)
    {
        this.context = context;
        this.habits = habits;
        this.types = types;
        places = new AwaitPlaces(context);
        functions = new AsyncFunctions(context, habits);
        returns = new TaskReturns(context, habits);
    }

    /// <summary>What has been taken so far.</summary>
    public NodeEdits Edits { get; } = new();

    /// <summary>A title that says which methods change for their callers.</summary>
    public string Extend(string title) => converted.Values.Select(f => f.ChangedName).OfType<string>().Distinct(StringComparer.Ordinal).ToList() switch
    {
        [] => title,
        [var name] => $"{title} and make '{name}' asynchronous",
        [var name, ..] => $"{title} and make '{name}' and its callers asynchronous",
    };

    /// <summary>Puts an await into the document; where that is impossible, nothing changes.</summary>
    public Task<bool> TryAddAsync(AwaitSite site) => TryAddAsync([site], [], null);

    /// <summary>Puts several awaits into the document; all of them, or nothing changes.</summary>
    /// <param name="sites">The awaits.</param>
    /// <param name="asynchronous">Functions that have to become asynchronous for another reason.</param>
    /// <param name="before">Plans what is to be done to the places of the awaits before.</param>
    public async Task<bool> TryAddAsync(IEnumerable<AwaitSite> sites, IEnumerable<SyntaxNode> asynchronous, Action<NodeEdits>? before)
    {
        var newSites = new Dictionary<ExpressionSyntax, AwaitSite>();
        var newFunctions = new Dictionary<SyntaxNode, AsyncFunction>();
        var open = new Queue<AwaitSite>(sites);
        foreach (var function in asynchronous)
            if (!await TryConvertAsync(function, wrapsExceptions: false).ConfigureAwait(false))
                return false;
        while (open.Count > 0)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var site = open.Dequeue();
            if (awaited.Contains(site.Place) || newSites.ContainsKey(site.Place))
                continue;
            newSites.Add(site.Place, site);
            var function = Functions.Around(site.Place);
            if (!places.Allow(site.Place, function)
                || (site.WrapsExceptions && AwaitPlaces.ExpectsAggregate(site.Place, function))
                || !await TryConvertAsync(function, site.WrapsExceptions).ConfigureAwait(false))
                return false;
        }

        before?.Invoke(Edits);
        foreach (var site in newSites.Values)
        {
            awaited.Add(site.Place);
            site.Edit(Edits);
        }

        foreach (var function in newFunctions)
        {
            converted.Add(function.Key, function.Value);
            Convert(function.Value);
        }

        return true;

        async Task<bool> TryConvertAsync(SyntaxNode function, bool wrapsExceptions)
        {
            if (Functions.IsAsync(function) || converted.ContainsKey(function) || newFunctions.ContainsKey(function))
                return true;
            if (await functions.OfAsync(function).ConfigureAwait(false) is not { } found)
                return false;
            newFunctions.Add(function, found);
            foreach (var call in found.Calls)
                open.Enqueue(new AwaitSite(call, edits => AwaitCall(call, edits), wrapsExceptions));
            return true;
        }
    }

    private void AwaitCall(InvocationExpressionSyntax call, NodeEdits edits) =>
        edits.Add(call, rewritten => AwaitSyntax.Await(rewritten, call, rewritten, habits.ConfiguresAwait));

    private void Convert(AsyncFunction function)
    {
        var position = function.Syntax.SpanStart;
        Func<TypeSyntax, TypeSyntax>? type = function.Shape switch
        {
            ReturnShape.Nothing => _ => TaskTypes.Plain(types.Spell(TaskTypes.Task(context.Semantics.Compilation), position)),
            ReturnShape.Value => value => TaskTypes.Of(types.Spell(TaskTypes.TaskOfValue(context.Semantics.Compilation), position), value),
            _ => null,
        };
        if (function.Shape.IsTask())
            returns.Rewrite(Functions.BodyOf(function.Syntax)!, function.Shape, Edits);
        Edits.AddLast(function.Syntax, rewritten => AsyncModifier.Add(rewritten, type));
    }
}
