using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Catalogue;

/// <summary>Looks every built-in entry up in the library that it speaks of.</summary>
public sealed class CatalogueResolutionTests(ITestOutputHelper output)
{
    private static readonly HashSet<CatalogueRole> AwaitedCalls =
    [
        CatalogueRole.ModelCall, CatalogueRole.AgentCall, CatalogueRole.ToolCall, CatalogueRole.McpCall, CatalogueRole.HttpCall, CatalogueRole.MessageCall,
    ];

    // Facts whose values name parameters of the member, or properties of the settings that it makes or takes.
    private static readonly string[] NamingFacts =
        ["parameter", "attempts-in", "delay-in", "backoff-in", "jitter-in", "handles-in", "delay-by", "limit", "key-parameter", "lifetime-parameter", "source-parameter", "auto"];

    private readonly ReferencedLibraries libraries = ReferencedLibraries.All;

    /// <summary>The packages that cannot be had, as patterns of their assemblies: the first column of the page's tables.</summary>
    private static readonly ImmutableArray<string> NotServed =
    [
        .. File.ReadLines(Path.Combine(Checkout.Root, "docs", "catalogue-unchecked.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]),
    ];

    [Fact]
    public void Every_entry_names_what_its_library_declares()
    {
        var entries = EntriesWithLibraries().ToList();
        var problems = entries.SelectMany(of => ProblemsOf(of.Library, of.Entry).Select(problem => $"{of.Entry.Source}:{of.Entry.Line}: {problem} [{of.Entry}]")).ToList();
        var old = entries.Count(of => of.Entry.Has("old"));
        var left = entries.Count(of => IsUnchecked(of.Library, of.Entry));
        output.WriteLine($"{entries.Count} entries: {entries.Count - old - left} resolved, {old} old names gone, {left} in packages that are not served");

        Assert.True(problems.Count == 0, string.Join("\n", problems));
    }

    [Fact]
    public void Every_assembly_of_a_library_is_restored_or_cannot_be_had() =>
        Assert.DoesNotContain(MissingAssemblies(), assembly => !NotServed.Any(pattern => IsLike(assembly, pattern)));

    [Fact]
    public void Page_names_only_packages_that_entries_speak_of_and_that_are_not_restored()
    {
        var missing = MissingAssemblies().ToList();

        Assert.DoesNotContain(NotServed, pattern => !missing.Any(assembly => IsLike(assembly, pattern)));
        Assert.Equal(NotServed.Distinct().Order(StringComparer.OrdinalIgnoreCase), NotServed);
    }

    [Fact]
    public void Lookup_tells_a_wrong_name_from_a_right_one()
    {
        Assert.Empty(Check("model-call OpenAI.Chat.ChatClient.CompleteChat blocking async=CompleteChatAsync"));
        Assert.Equal(["'Complete' is not a member of 'OpenAI.Chat.ChatClient'"], Check("model-call OpenAI.Chat.ChatClient.Complete"));
        Assert.Equal(["no type 'OpenAI.Chat.Client'"], Check("model-client OpenAI.Chat.Client"));
        Assert.Equal(["'CompleteChat' returns no task, yet is not 'blocking'"], Check("model-call OpenAI.Chat.ChatClient.CompleteChat"));
        Assert.Equal(["'CompleteChatAsync' returns a task, yet is 'blocking'"], Check("model-call OpenAI.Chat.ChatClient.CompleteChatAsync blocking async=CompleteChatAsync"));
        Assert.Equal(["async: nothing is called 'CompleteChatLater'"], Check("model-call OpenAI.Chat.ChatClient.CompleteChat blocking async=CompleteChatLater"));
        Assert.Equal(["it is still there: it is not 'old'"], Check("model-client OpenAI.Chat.ChatClient old=renamed"));
        Assert.Equal(["delegate: no overload takes a delegate at 3"], Check("tool-factory Microsoft.Extensions.AI.AIFunctionFactory.Create delegate=3"));
        Assert.Equal(["'CompleteChat' is a member of 'OpenAI.Chat.ChatClient' itself: it is not 'derived'"], Check("model-call OpenAI.Chat.ChatClient.CompleteChat derived"));
        Assert.Equal(["'Dapper.SqlMapper' is declared in Dapper, which 'Test' does not name"], Check("database-call Dapper.SqlMapper.ExecuteAsync"));
        Assert.Equal(["parameter: 'where' is neither a parameter nor a property"], Check("sink System.Net.Http.HttpClient.GetAsync kind=address parameter=where"));

        IEnumerable<string> Check(string line)
        {
            var file = CatalogueParser.Parse("test", Microsoft.CodeAnalysis.Text.SourceText.From("library Test assemblies=OpenAI,Microsoft.Extensions.AI.Abstractions,System.Net.Http\n" + line));
            return ProblemsOf(file.Entries[0], file.Entries[1]);
        }
    }

    private IEnumerable<string> MissingAssemblies() =>
        ApiCatalogue.BuiltIn.Of(CatalogueRole.Library).SelectMany(library => library.List("assemblies")).Where(assembly => !libraries.Has(assembly)).Distinct();

    private static bool IsLike(string assembly, string pattern) =>
        pattern.EndsWith('*') ? assembly.StartsWith(pattern[..^1], StringComparison.Ordinal) || assembly == pattern[..^2] : assembly == pattern;

    /// <summary>A line belongs to the library line above it.</summary>
    private static IEnumerable<(CatalogueEntry Library, CatalogueEntry Entry)> EntriesWithLibraries()
    {
        foreach (var file in ApiCatalogue.BuiltIn.Files)
        {
            var library = file.Entries[0];
            foreach (var entry in file.Entries)
            {
                if (entry.Role == CatalogueRole.Library)
                    library = entry;
                else if (CatalogueGrammar.TargetOf(entry.Role) != CatalogueTarget.Name)
                    yield return (library, entry);
            }
        }
    }

    private bool IsUnchecked(CatalogueEntry library, CatalogueEntry entry) => !entry.Has("old") && MayBeElsewhere(library, entry["of"] ?? entry.Type);

    /// <summary>Whether an assembly of the library that cannot be had may declare the type.</summary>
    private bool MayBeElsewhere(CatalogueEntry library, string type) => !library.List("assemblies").All(libraries.Has) && libraries.Types(type).IsEmpty;

    private IEnumerable<string> ProblemsOf(CatalogueEntry library, CatalogueEntry entry)
    {
        if (IsUnchecked(library, entry))
            return [];
        var types = libraries.Types(entry.Type);
        if (types.IsEmpty)
            return entry.Has("old") ? [] : [$"no type '{entry.Type}'"];
        if (!types.Any(type => libraries.IsInReach(type.ContainingAssembly, library.List("assemblies"))))
            return [$"'{entry.Type}' is declared in {string.Join(", ", types.Select(type => type.ContainingAssembly.Name).Order())}, which '{library.Type}' does not name"];
        if (CatalogueGrammar.TargetOf(entry.Role) == CatalogueTarget.Type)
            return entry.Has("old") ? ["it is still there: it is not 'old'"] : TypeProblems(entry, types);
        var missing = entry.Members.Where(member => !types.Any(type => Members(type, member).Any())).ToList();
        if (entry.Has("old"))
            return missing.Count < entry.Members.Length ? ["it is still there: it is not 'old'"] : [];
        if (entry.Has("derived"))
            return entry.Members.Except(missing).Select(member => $"'{member}' is a member of '{entry.Type}' itself: it is not 'derived'");
        return missing.Select(member => $"'{member}' is not a member of '{entry.Type}'")
            .Concat(MemberProblems(entry, [.. types.SelectMany(type => entry.Members.SelectMany(member => Members(type, member)))]));
    }

    // Attributes derive from each other: what is of another assembly than those at hand ends the chain.
    private static bool IsAttribute(INamedTypeSymbol type)
    {
        for (var b = type.BaseType; b != null; b = b.BaseType)
            if (b.ToDisplayString() == "System.Attribute" || b.Name.EndsWith("Attribute", StringComparison.Ordinal) && b is IErrorTypeSymbol)
                return true;
        return false;
    }

    private IEnumerable<string> TypeProblems(CatalogueEntry entry, IReadOnlyCollection<INamedTypeSymbol> types)
    {
        if (CatalogueGrammar.NameOf(entry.Role).EndsWith("-attribute", StringComparison.Ordinal))
        {
            if (!types.All(IsAttribute))
                yield return $"'{entry.Type}' is not an attribute";
            foreach (var fact in new[] { "read-only", "idempotent", "destructive" })
                if (entry[fact] is { } property && !types.Any(type => type.GetMembers(property).Any()))
                    yield return $"{fact}: no property '{property}'";
        }

        if (entry["clone"] is { } clone && !types.Any(type => SelfAndBases(type).Any(t => t.GetMembers(clone).Any())))
            yield return $"clone: no method '{clone}'";
        foreach (var fact in new[] { "of", "options" })
            foreach (var name in entry.List(fact))
                if (libraries.Types(name).IsEmpty)
                    yield return $"{fact}: no type '{name}'";
        if (entry["attempts-in"] is { } attempts)
        {
            var owners = entry.Has("options") ? [.. entry.List("options").SelectMany(name => libraries.Types(name))] : types.ToList();
            if (!owners.Any(owner => SelfAndBases(owner).Any(t => t.GetMembers(attempts).Any())))
                yield return $"attempts-in: no property '{attempts}'";
        }
    }

    private IEnumerable<string> MemberProblems(CatalogueEntry entry, IReadOnlyCollection<ISymbol> members)
    {
        if (AwaitedCalls.Contains(entry.Role))
        {
            foreach (var overloads in members.OfType<IMethodSymbol>().Where(m => m.MethodKind != MethodKind.Constructor).GroupBy(m => m.Name))
            {
                if (entry.Has("blocking") && overloads.Any(m => IsTask(m.ReturnType)))
                    yield return $"'{overloads.Key}' returns a task, yet is 'blocking'";
                if (!entry.Has("blocking") && !entry.Has("streams") && !overloads.Any(m => IsTask(m.ReturnType)))
                    yield return $"'{overloads.Key}' returns no task, yet is not 'blocking'";
            }
        }

        if (entry["async"] is { } sibling && !HasSibling(entry, sibling))
            yield return $"async: nothing is called '{sibling}'";
        foreach (var fact in NamingFacts)
            foreach (var name in entry.List(fact).Where(name => !members.Any(member => Names(member, name) || (IsOfSettings(fact) && PartNames(member, name)))))
                yield return $"{fact}: '{name}' is neither a parameter nor a property";
        foreach (var fact in new[] { "key", "sql", "verb" })
            if (entry[fact]?.Split(':') is [var kind and ("parameter" or "property"), var name]
                && !members.Any(member => Names(member, name) || (kind == "property" && HasProperty(member.ContainingType, name))))
                yield return $"{fact}: no {kind} '{name}'";
        foreach (var fact in new[] { "delegate", "configure" })
            if (entry[fact] is { } at && !Methods(members).Any(m => m.Parameters.ElementAtOrDefault(int.Parse(at)) is { } p && IsCode(p.Type)))
                yield return $"{fact}: no overload takes a delegate at {at}";
        foreach (var fact in new[] { "target", "session" })
            if (entry[fact] is { } at && !Methods(members).Any(m => m.Parameters.Length > int.Parse(at)))
                yield return $"{fact}: no overload has a parameter {at}";
        if (entry["type-argument"] is { } argument && !Methods(members).Any(m => m.TypeParameters.Length > int.Parse(argument)))
            yield return $"type-argument: no overload has a type argument {argument}";
        if (entry["attribute"] is { } attribute && libraries.Types(attribute).IsEmpty)
            yield return $"attribute: no type '{attribute}'";
        if (entry["bounded"] is { } bounded && !members.Any(member => member.ContainingType.GetMembers(bounded).Any()))
            yield return $"bounded: no method '{bounded}'";
    }

    /// <summary>The sibling stands in the same type, or (extension methods of the asynchronous kind) elsewhere in its assembly, or is named in full.</summary>
    private bool HasSibling(CatalogueEntry entry, string sibling)
    {
        var dot = sibling.LastIndexOf('.');
        if (dot > 0)
            return libraries.Types(sibling[..dot]).Any(type => Members(type, sibling[(dot + 1)..]).Any());
        return libraries.Types(entry.Type).Any(type =>
            SelfAndBases(type).Any(t => Members(t, sibling).Any())
            || type.ContainingNamespace.GetTypeMembers().Any(t => ReferencedLibraries.IsVisible(t) && Members(t, sibling).Any()));
    }

    private static bool Names(ISymbol member, string name) => member switch
    {
        IMethodSymbol method => method.Parameters.Any(p => p.Name == name)
            || (method.MethodKind == MethodKind.Constructor && HasProperty(method.ContainingType, name))
            || method.Parameters.Any(p => Payloads(p.Type).Any(type => HasProperty(type, name))),
        _ => HasProperty(member.ContainingType, name),
    };

    private static bool IsOfSettings(string fact) => fact.EndsWith("-in", StringComparison.Ordinal) || fact == "delay-by";

    /// <summary>The settings of a retry may be a part of larger ones: <c>HttpStandardResilienceOptions.Retry.MaxRetryAttempts</c>.</summary>
    private static bool PartNames(ISymbol member, string name) =>
        member is IMethodSymbol method
        && method.Parameters.SelectMany(p => Payloads(p.Type)).SelectMany(type => type.GetMembers().OfType<IPropertySymbol>()).Any(part => HasProperty(part.Type, name));

    /// <summary>What an argument carries: itself, what it is a sequence of, and what a callback is handed.</summary>
    private static IEnumerable<ITypeSymbol> Payloads(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeArguments: { IsEmpty: false } arguments }
            ? arguments.SelectMany(Payloads).Prepend(type)
            : type is ITypeParameterSymbol parameter ? parameter.ConstraintTypes.Prepend(type) : [type];

    private static bool HasProperty(ITypeSymbol type, string name) =>
        SelfAndBases(type).Concat(type.AllInterfaces).Any(t => t.GetMembers(name).Any(member => member is IPropertySymbol or IFieldSymbol));

    private static IEnumerable<ITypeSymbol> SelfAndBases(ITypeSymbol type)
    {
        for (var current = type; current != null; current = current.BaseType)
            yield return current;
    }

    private static IEnumerable<IMethodSymbol> Methods(IEnumerable<ISymbol> members) => members.OfType<IMethodSymbol>();

    private static IEnumerable<ISymbol> Members(ITypeSymbol type, string name) =>
        type.GetMembers().Where(member =>
            ReferencedLibraries.IsVisible(member)
            && member is not IMethodSymbol { AssociatedSymbol: not null }
            && (name.EndsWith('*') ? member.Name.StartsWith(name[..^1], StringComparison.Ordinal) : member.Name == name));

    private static bool IsTask(ITypeSymbol type) =>
        type.Name is "Task" or "ValueTask" or "AsyncUnaryCall" || type.GetMembers("GetAwaiter").Any();

    private static bool IsCode(ITypeSymbol type) => type.TypeKind == TypeKind.Delegate || type.Name is "Delegate" or "MethodInfo";
}
