using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Values;

/// <summary>What the catalogue says of members and types, in the words of the taint analysis.</summary>
internal sealed class TaintKnowledge(AgentModel model)
{
    private readonly ConcurrentDictionary<ITypeSymbol, bool> carriers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, bool> closed = new(SymbolEqualityComparer.Default);
    private readonly ImmutableArray<string> approvalWords =
        [.. model.Catalogue.Of(CatalogueRole.ApprovalWord).Where(entry => entry["in"] == "call").Select(entry => entry.Type)];

    private readonly ImmutableHashSet<string> interpreters =
        model.Catalogue.Of(CatalogueRole.CommandInterpreter).Select(entry => entry.Type)
            .ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The line about parts of a text that may not be there.</summary>
    public CatalogueEntry? Indexed { get; } = model.Catalogue.Of(CatalogueRole.Sink)
        .FirstOrDefault(entry => SinkFacts.Of(entry) is { IsIndexed: true });

    /// <summary>Whether a call gives what a model or an agent answered, as text.</summary>
    public static bool IsAnswer(CatalogueEntry entry) => entry.Answers()
        || (entry.Role == CatalogueRole.ToolCall && entry.Has("asks-model"));

    /// <summary>Whether a member gives what a model wrote.</summary>
    public static bool IsSource(CatalogueEntry entry) => IsAnswer(entry) || entry.Role == CatalogueRole.TaintSource;

    public static TaintSinks SinksOf(SinkKind kind) => kind switch
    {
        SinkKind.Sql => TaintSinks.Sql,
        SinkKind.Process => TaintSinks.Process,
        SinkKind.Script => TaintSinks.Script,
        SinkKind.Path => TaintSinks.Path,
        SinkKind.Address => TaintSinks.Address,
        SinkKind.Markup => TaintSinks.Markup,
        SinkKind.Store => TaintSinks.Store,
        SinkKind.Telemetry => TaintSinks.Telemetry,
        _ => TaintSinks.Parse,
    };

    /// <summary>As what a value that a verifier gives back can do no more harm.</summary>
    public static TaintSinks ClearedBy(CatalogueEntry verifier) => verifier["clears"] switch
    {
        "path" => TaintSinks.Path,
        "address" => TaintSinks.Address | TaintSinks.Markup,
        "markup" => TaintSinks.Markup,
        "all" => TaintSinks.All,
        _ => TaintSinks.None,
    };

    /// <summary>Whether what the members of a type give back is made of what they are given.</summary>
    public bool IsCarrier(ITypeSymbol? type) =>
        type != null
            && (type is IArrayTypeSymbol
                || carriers.GetOrAdd(type.OriginalDefinition, t => t is INamedTypeSymbol named && model.Is(named, CatalogueRole.Carrier)));

    /// <summary>Whether a type is a sequence or a table that holds others' values, and no text.</summary>
    public bool IsCollection(ITypeSymbol? type) =>
        type is IArrayTypeSymbol
        || (type is { SpecialType: not SpecialType.System_String }
            && type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable) && IsCarrier(type));

    /// <summary>Whether values of a type hold no text: numbers, dates, members of an enumeration.</summary>
    public bool IsClosed(ITypeSymbol? type) => type != null && closed.GetOrAdd(type, Closes);

    /// <summary>Whether a member only says that a person is asked, by a word of its name.</summary>
    public bool AsksPerson(IMethodSymbol method)
    {
        if (model.EntriesOf(method).Any(entry => entry.Role == CatalogueRole.HumanInput))
            return true;
        if (method.MethodKind is not (MethodKind.Ordinary or MethodKind.LocalFunction)
            || !approvalWords.Any(word => method.Name.Contains(word)))
            return false;
        return WordsOf(method.Name).Any(word => approvalWords.Contains(word));
    }

    /// <summary>Whether a program by this name runs its argument as commands.</summary>
    public bool IsCommandInterpreter(string program)
    {
        var name = program.Substring(program.LastIndexOfAny(['/', '\\']) + 1);
        return interpreters.Contains(name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name.Substring(0, name.Length - 4) : name);
    }

    /// <summary>Whether a model fills in a parameter of a tool, as far as its type says: text, or data that holds text.</summary>
    public bool IsModelFilled(IParameterSymbol parameter, ImmutableHashSet<ITypeSymbol> services)
    {
        if (parameter.GetAttributes()
            .Any(attribute =>
                attribute.AttributeClass?.Name is "FromServicesAttribute" or "FromKeyedServicesAttribute" or "FromKernelServicesAttribute"))
            return false;
        return IsText(parameter.Type, services, 0);
    }

    private bool IsText(ITypeSymbol type, ImmutableHashSet<ITypeSymbol> services, int depth)
    {
        if (IsClosed(type) || depth > 3 || services.Contains(type.OriginalDefinition))
            return false;
        if (type.SpecialType is SpecialType.System_String or SpecialType.System_Object)
            return true;
        if (type is IArrayTypeSymbol array)
            return IsText(array.ElementType, services, depth + 1);
        if (type is not INamedTypeSymbol named)
            return false;
        if (model.Is(named, CatalogueRole.ModelArguments) || named.Name is "JsonElement" or "JsonNode" or "JsonObject" or "JsonDocument")
            return true;
        if (named.IsGenericType && named.AllInterfaces.Concat([named])
            .Any(i => i.SpecialType is SpecialType.System_Collections_IEnumerable or SpecialType.System_Collections_Generic_IEnumerable_T))
            return named.TypeArguments.Any(argument => IsText(argument, services, depth + 1));
        // A type of the program's own that only holds data.
        return model.Declares(named) && named is { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false, IsStatic: false }
            && named.GetMembers().OfType<IPropertySymbol>()
                .Any(property => !property.IsStatic && property.SetMethod != null && IsText(property.Type, services, depth + 1));
    }

    /// <summary>The words of a name: <c>RequestApprovalAsync</c> is Request, Approval, Async.</summary>
    internal static IEnumerable<string> WordsOf(string name)
    {
        var start = 0;
        for (var i = 1; i <= name.Length; i++)
            if (i == name.Length || name[i] == '_' || (char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])))
            {
                if (i > start)
                    yield return name.Substring(start, i - start).Trim('_');
                start = i;
            }
    }

    private bool Closes(ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return IsClosedElement(array.ElementType);
            case { TypeKind: TypeKind.Enum }:
                return true;
            case { SpecialType: SpecialType.System_Void or SpecialType.System_Boolean or SpecialType.System_Char or SpecialType.System_DateTime
                or (>= SpecialType.System_SByte and <= SpecialType.System_Double) }:
                return true;
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable:
                return IsClosed(nullable.TypeArguments[0]);
            case INamedTypeSymbol { IsGenericType: true, TypeArguments.Length: 1 } named when named.IsTask() || IsSequence(named):
                return named.IsTask() ? IsClosed(named.TypeArguments[0]) : IsClosedElement(named.TypeArguments[0]);
            case INamedTypeSymbol { IsGenericType: false } named when named.IsTask():
                return true;
            case { Name: "Guid" or "DateTimeOffset" or "TimeSpan" or "DateOnly" or "TimeOnly" or "Type" or "Index" or "Range" or "CancellationToken", ContainingNamespace: { } ns }:
                return ns.Name is "System" or "Threading";
            default:
                return false;
        }
    }

    // Many characters, or bytes, are a text.
    private bool IsClosedElement(ITypeSymbol type) => type.SpecialType is not (SpecialType.System_Byte or SpecialType.System_Char)
        && IsClosed(type);

    private static bool IsSequence(INamedTypeSymbol type) =>
        type.ContainingNamespace is { Name: "Generic" or "Immutable" } && type.Name is not ("IAsyncEnumerator" or "IEnumerator");
}
