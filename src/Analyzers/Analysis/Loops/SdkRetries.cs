using System.Globalization;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>How often the clients of SDKs retry by themselves: their default, unless the program says otherwise.</summary>
internal sealed class SdkRetries(AgentModel model, CancellationToken cancellation)
{
    private readonly Found found = model.Shared(_ => new Found());

    /// <summary>The retry of the client that a call goes through; null where it has none, or the program sets it in a way that cannot be followed.</summary>
    public RetryLayer? Of(IMethodSymbol called, ITypeSymbol? client)
    {
        if (Find(called, client) is not { Sdk: { } sdk } found)
            return null;
        var name = sdk["layer"] ?? sdk.Library?.Type + " SDK";
        var set = SettingsOf(sdk);
        if (set.Count == 0)
            return int.TryParse(sdk["attempts"], NumberStyles.None, CultureInfo.InvariantCulture, out var usual) ? new RetryLayer(name, usual + 1, null, Sdk: sdk) : null;
        if (set.Any(setting => setting.Retries == null))
            return null;
        var most = set.OrderByDescending(setting => setting.Retries).First();
        return most.Retries == 0 ? null : new RetryLayer(name, most.Retries + 1, found.IsGuess ? null : most.Site, Sdk: sdk);
    }

    /// <summary>Whether the program tells the client that a call goes through not to retry.</summary>
    public bool IsOff(IMethodSymbol called, ITypeSymbol? client) =>
        Find(called, client).Sdk is { } sdk && SettingsOf(sdk) is { Count: > 0 } set && set.All(setting => setting.Retries == 0);

    private (CatalogueEntry? Sdk, bool IsGuess) Find(IMethodSymbol called, ITypeSymbol? client)
    {
        var sdk = EntryOf(client) ?? EntryOf(called.ContainingType);
        // What is behind an interface may be any client: it is one of those that the program makes.
        return sdk == null && (IsClient(called.ContainingType) || IsExtensionOfClient(called)) ? (found.Made.Get(() => [FindMade()])[0], true) : (sdk, false);
    }

    private List<SdkSetting> SettingsOf(CatalogueEntry sdk) => [.. found.Settings.Get(() => [.. Settings()]).Where(setting => Concerns(sdk, setting.Declaring))];

    private IEnumerable<SdkSetting> Settings()
    {
        var query = model.Query(entry => entry.Role == CatalogueRole.RetrySetting);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (ValueSetBy(use.Name) is { } value && model.SemanticsOf(tree).GetOperation(value, cancellation) is { } operation)
                    yield return new SdkSetting(use.Symbol.OriginalDefinition.ContainingType, RetriesOf(operation), use.Name);
    }

    private bool IsExtensionOfClient(IMethodSymbol called) =>
        called.IsExtensionMethod && IsClient((called.ReducedFrom ?? called).Parameters[0].Type);

    // An agent asks through a client of a model.
    private bool IsClient(ITypeSymbol? type) => model.Is(type, CatalogueRole.ModelClient) || model.Is(type, CatalogueRole.Agent);

    private CatalogueEntry? EntryOf(ITypeSymbol? type) =>
        type is INamedTypeSymbol named ? model.EntriesOf(named).FirstOrDefault(entry => entry.Role == CatalogueRole.SdkRetry) : null;

    /// <summary>Whether a setting that a type declares is one of an SDK's.</summary>
    public static bool Concerns(CatalogueEntry sdk, INamedTypeSymbol declaring)
    {
        foreach (var option in sdk.List("options"))
            if (CatalogueMatcher.IsNamed(declaring, option))
                return true;
        return false;
    }

    // The one SDK whose clients the program makes. Where it makes several, a call through an interface is nobody's.
    private CatalogueEntry? FindMade()
    {
        CatalogueEntry? only = null;
        var names = new NameSet(model.Catalogue.Of(CatalogueRole.SdkRetry).Where(model.IsPresent).Select(entry => entry.SimpleTypeName));
        foreach (var tree in model.Compilation.SyntaxTrees)
        {
            var index = NameIndex.Of(tree, cancellation);
            var root = tree.GetRoot(cancellation);
            foreach (var name in index.Among(names))
                foreach (var use in index.Uses(name, root))
                    if (CreationBy(use) is { } creation
                        && EntryOf(model.SemanticsOf(tree).GetTypeInfo(creation, cancellation).Type) is { } entry)
                    {
                        if (only != null && only["layer"] != entry["layer"])
                            return null;
                        only = entry;
                    }
        }

        return only;
    }

    private static ObjectCreationExpressionSyntax? CreationBy(SimpleNameSyntax name) =>
        (name.Parent is QualifiedNameSyntax or AliasQualifiedNameSyntax ? name.Parent.Parent : name.Parent) as ObjectCreationExpressionSyntax;

    // x.RetryPolicy = value, new Options { RetryPolicy = value }
    private static ExpressionSyntax? ValueSetBy(SimpleNameSyntax name)
    {
        SyntaxNode target = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        return target.Parent is AssignmentExpressionSyntax assignment && assignment.Left == target ? assignment.Right : null;
    }

    private int? RetriesOf(IOperation value)
    {
        var found = new ValueSources(model, cancellation).Of(value);
        if (found.Count != 1)
            return null;
        if (found[0].ConstantValue is { HasValue: true, Value: int number })
            return number;
        return found[0] is IObjectCreationOperation { Constructor: { } constructor } creation
            && model.EntriesOf(constructor).FirstOrDefault(entry => entry.Role == CatalogueRole.Retry && entry.Has("settings")) is { } entry
            // A policy of one's own does what it likes.
            && SymbolEqualityComparer.Default.Equals(constructor.ContainingType, model.TypesOf(entry).FirstOrDefault())
                ? RetrySettings.Of(creation, entry).Retries
                : null;
    }

    private readonly record struct SdkSetting(INamedTypeSymbol Declaring, int? Retries, SyntaxNode Site);

    private sealed class Found
    {
        public Once<IReadOnlyList<SdkSetting>> Settings { get; } = new();

        public Once<CatalogueEntry?[]> Made { get; } = new();
    }
}
