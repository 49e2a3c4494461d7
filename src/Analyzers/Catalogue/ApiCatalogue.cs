using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Catalogue;

/// <summary>All entries that hold for a compilation, indexed by the names that symbols are looked up with. Immutable.</summary>
internal sealed class ApiCatalogue
{
    private static readonly Lazy<ApiCatalogue> LazyBuiltIn = new(() => new ApiCatalogue(ReadBuiltIn(lines: null), userTypes: [], unannotated: null));
    private static readonly Lazy<Activation> LazyBuiltInActivation = new(() => Activation.Of(LinesOfBuiltIn("library ")));
    private static readonly ImmutableArray<CatalogueEntry> None = [];

    private readonly Dictionary<string, ImmutableArray<CatalogueEntry>> membersByName;
    private readonly Dictionary<string, ImmutableArray<CatalogueEntry>> prefixesByType;
    private readonly Dictionary<string, ImmutableArray<CatalogueEntry>> typesByName;
    private readonly ILookup<CatalogueRole, CatalogueEntry> byRole;
    private readonly Lazy<ImmutableHashSet<string>> described;

    // What a rule asks for is the same in every compilation. Weak, because a question may hold on to what it was asked about.
    private readonly ConditionalWeakTable<Func<CatalogueEntry, bool>, Dictionary<string, ImmutableArray<CatalogueEntry>>> wantedMembers = new();

    private ApiCatalogue(ImmutableArray<CatalogueFile> files, ImmutableHashSet<string> userTypes, ApiCatalogue? unannotated)
    {
        Files = files;
        Unannotated = unannotated ?? this;
        UserTypes = userTypes;
        Entries = [.. files.SelectMany(file => file.Entries)];
        byRole = Entries.ToLookup(e => e.Role);
        var members = Entries.Where(e => CatalogueGrammar.TargetOf(e.Role) == CatalogueTarget.Member).ToList();
        membersByName = Index(members.SelectMany(e => e.Members.Where(m => !m.EndsWith("*", StringComparison.Ordinal)).Select(m => (m == ".ctor" ? ConstructorKey(e.SimpleTypeName) : m, e))));
        prefixesByType = Index(members.Where(e => e.Members.Any(m => m.EndsWith("*", StringComparison.Ordinal))).Select(e => (e.SimpleTypeName, e)));
        typesByName = Index(Entries.Where(e => CatalogueGrammar.TargetOf(e.Role) == CatalogueTarget.Type).Select(e => (e.SimpleTypeName, e)));
        Names = new NameSet(members
            .Where(e => e.Role is not (CatalogueRole.LocalCall or CatalogueRole.RunsLater or CatalogueRole.Ignore or CatalogueRole.Verifier or CatalogueRole.Part or CatalogueRole.ProviderMember) && (e.Role != CatalogueRole.RunsDelegate || e.Has("concurrent") || e.Has("apart")))
            .SelectMany(e => e.Members.Where(m => m != ".ctor" && !m.EndsWith("*", StringComparison.Ordinal)).Concat([e.SimpleTypeName.Split('`')[0]])));
        Activation = Activation.Of(Entries);
        described = new(() => [.. byRole[CatalogueRole.Library].SelectMany(library => library.List("assemblies"))]);
    }

    /// <summary>The catalogue that ships with AgentLint.</summary>
    public static ApiCatalogue BuiltIn => LazyBuiltIn.Value;

    /// <summary>
    /// <see cref="Activation"/> of <see cref="BuiltIn"/>, from the lines that name libraries alone: most compilations reference none of them, and
    /// need not wait for the rest.
    /// </summary>
    public static Activation BuiltInActivation => LazyBuiltInActivation.Value;

    /// <summary>The entries of <see cref="BuiltIn"/> whose lines begin with a text, read without the others.</summary>
    public static IEnumerable<CatalogueEntry> LinesOfBuiltIn(string start) => ReadBuiltIn(start).SelectMany(file => file.Entries);

    public ImmutableArray<CatalogueFile> Files { get; }

    /// <summary>The same without what a program says of its own members.</summary>
    public ApiCatalogue Unannotated { get; }

    public ImmutableArray<CatalogueEntry> Entries { get; }

    /// <summary>The names that files are searched for.</summary>
    public NameSet Names { get; }

    /// <summary>Which references make a project one that the rules look at.</summary>
    public Activation Activation { get; }

    /// <summary>Types that users' files name. They need no known library beside them.</summary>
    public ImmutableHashSet<string> UserTypes { get; }

    /// <summary>This catalogue and a user's files after it.</summary>
    public ApiCatalogue With(ImmutableArray<CatalogueFile> userFiles) =>
        userFiles.IsEmpty
            ? this
            : new ApiCatalogue(
                Files.AddRange(userFiles),
                [.. TypesIn(userFiles)],
                unannotated: null);

    /// <summary>This catalogue and, after it, what a program says of its own members.</summary>
    public ApiCatalogue WithAnnotations(CatalogueFile annotations) => new(Files.Add(annotations), UserTypes.Union(TypesIn([annotations])), this);

    /// <summary>Whether an assembly is one of a library that the catalogue describes, or of the base library.</summary>
    public bool Describes(string assembly) => described.Value.Contains(assembly) || assembly.StartsWith("System.", StringComparison.Ordinal) || assembly is "System" or "mscorlib" or "netstandard";

    /// <summary>Entries that may apply to a member of this name, declared by a type of this simple metadata name or by something it derives from.</summary>
    public ImmutableArray<CatalogueEntry> MembersNamed(string name) => membersByName.TryGetValue(name, out var found) ? found : None;

    /// <summary>The name under which a type's constructors are kept: ".ctor" alone would gather them all.</summary>
    public static string ConstructorKey(string simpleTypeName) => simpleTypeName + "..ctor";

    /// <summary>Entries that name the members of a type by prefix.</summary>
    public ImmutableArray<CatalogueEntry> PrefixesOf(string simpleTypeName) => prefixesByType.TryGetValue(simpleTypeName, out var found) ? found : None;

    public ImmutableArray<CatalogueEntry> TypesNamed(string simpleTypeName) => typesByName.TryGetValue(simpleTypeName, out var found) ? found : None;

    /// <summary>The entries of members that are wanted, by the members' names. Prefixes and constructors have no name to look for.</summary>
    public Dictionary<string, ImmutableArray<CatalogueEntry>> MembersWhere(Func<CatalogueEntry, bool> wanted) =>
        wantedMembers.GetValue(wanted, w => Index(Entries.Where(w).SelectMany(e => e.Members.Select(m => (m, e)))));

    public IEnumerable<CatalogueEntry> Of(CatalogueRole role) => byRole[role];

    private static IEnumerable<string> TypesIn(ImmutableArray<CatalogueFile> files) =>
        files.SelectMany(f => f.Entries).Where(e => e.Role is not (CatalogueRole.Library or CatalogueRole.Ignore)).Select(e => e.Type);

    private static Dictionary<string, ImmutableArray<CatalogueEntry>> Index(IEnumerable<(string Key, CatalogueEntry Entry)> pairs) =>
        pairs.GroupBy(p => p.Key, p => p.Entry, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal);

    private static ImmutableArray<CatalogueFile> ReadBuiltIn(string? lines)
    {
        var assembly = typeof(ApiCatalogue).GetTypeInfo().Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".txt", StringComparison.Ordinal))
            .OrderBy(name => name, StringComparer.Ordinal)
            .Select(name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                return CatalogueParser.Parse(name, SourceText.From(stream), lines);
            })];
    }
}
