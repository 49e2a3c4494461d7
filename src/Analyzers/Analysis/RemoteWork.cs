using AgentLint.Analysis.Facts;
using AgentLint.Analysis.Summaries;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>
/// What may ask models and agents, by the text of a program alone: the names that the catalogue knows to ask, and the names of all functions
/// whose text says such a name. Binds nothing, so that a program is looked through in no time; what a name stands for is the asker's to find
/// out, and which path a call takes is for <see cref="EffectSummaries"/> to say.
/// </summary>
internal sealed class RemoteWork
{
    private readonly CatalogueQuery asking;
    private readonly ModelRequests requests;
    private readonly NameSet foreign;
    private readonly LeadingFunctions functions;
    private readonly NameSet functionNames;
    private readonly HashSet<string> created;
    private readonly OncePerFile<SimpleNameSyntax> names = new();

    private RemoteWork(AgentModel model, CancellationToken cancellation)
    {
        asking = model.Query(entry => Asks(entry) || entry.Answers());
        requests = ModelRequests.Of(model);
        foreign = new NameSet(ForeignFacts.Of(model).NamesThatReach(fact => Asks(fact.Entry) || fact.Entry.Answers() || fact.Is(ReachedTraits.Prompt), cancellation));
        functions = LeadingFunctions.From(
            model.Compilation,
            tree => (AskedIn(tree, cancellation), requests.CandidatesIn(tree, cancellation).Select(prompt => prompt.SpanStart)),
            cancellation);
        functionNames = new NameSet(functions.Names);
        created = new HashSet<string>(
            functions.Names.Where(name => name.StartsWith(FileFunctions.Creation, StringComparison.Ordinal)).Select(name => name.Substring(FileFunctions.Creation.Length)),
            StringComparer.Ordinal);
        LeadsByOperator = functions.Names.Contains(FileFunctions.Operator);
    }

    /// <summary>Whether something may lead to a model that is called without its name.</summary>
    public bool LeadsWithoutName => LeadsByOperator || created.Count > 0;

    /// <summary>Whether an operator or indexer may.</summary>
    public bool LeadsByOperator { get; }

    /// <summary>Whether making an object of a type may.</summary>
    public bool LeadsByCreating(string typeName) => created.Contains(typeName);

    public static RemoteWork Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<RemoteWork>()).Get(() => new RemoteWork(model, cancellation));

    /// <summary>Whether a call asks a model or an agent, or schedules a step of a workflow that may.</summary>
    public static bool Asks(CatalogueEntry entry) =>
        entry.AsksModelOrAgent() || (entry.Role == CatalogueRole.ActivityCall && !entry.Has("blocking"));

    /// <summary>The names in one file that may stand for such calls, or for methods that lead to them, in the order of the text.</summary>
    public IReadOnlyList<SimpleNameSyntax> NamesIn(SyntaxTree tree, CancellationToken cancellation) => names.Get(tree, () => Find(tree, cancellation));

    // What the catalogue knows, and what other projects do.
    private IEnumerable<string> AskedIn(SyntaxTree tree, CancellationToken cancellation) =>
        asking.NamesIn(tree, cancellation).Concat(NameIndex.Of(tree, cancellation).Among(foreign));

    private List<SimpleNameSyntax> Find(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        var asked = new HashSet<string>(AskedIn(tree, cancellation), StringComparer.Ordinal);
        var called = index.Among(functionNames);
        var prompts = requests.CandidatesIn(tree, cancellation).ToList();
        if (asked.Count == 0 && called.IsEmpty && prompts.Count == 0)
            return [];
        var root = tree.GetRoot(cancellation);
        return
        [
            .. asked.SelectMany(name => index.Uses(name, root))
                .Concat(called.Where(name => !asked.Contains(name)).SelectMany(name => index.Uses(name, root)).Where(functions.MayBeMeantBy))
                .Concat(prompts).Distinct().OrderBy(name => name.SpanStart),
        ];
    }
}
