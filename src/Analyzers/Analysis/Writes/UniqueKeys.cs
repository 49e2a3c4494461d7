using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// The unique keys that a program's database model declares beside the primary key, by type: <c>HasIndex(…).IsUnique()</c>, <c>HasAlternateKey(…)</c>, or
/// an attribute. A second row with the same values is refused.
/// </summary>
internal sealed class UniqueKeys
{
    private readonly AgentModel model;
    private readonly Dictionary<ITypeSymbol, HashSet<string>> keys = new(SymbolEqualityComparer.Default);

    private UniqueKeys(AgentModel model, CancellationToken cancellation)
    {
        this.model = model;
        var query = model.Query(entry => entry.Role == CatalogueRole.UniqueKey);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation declared)
                    Read(declared);
    }

    public static UniqueKeys Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<UniqueKeys>()).Get(() => new UniqueKeys(model, cancellation));

    /// <summary>Whether the database refuses a row that is added twice: its unique key is set to something that is the same in each attempt.</summary>
    public bool Refuse(Effect effect, CancellationToken cancellation)
    {
        var site = effect.Witness.Steps[effect.Witness.Steps.Length - 1].Site;
        if (effect.Entry["key"]?.StartsWith("entity:", StringComparison.Ordinal) != true
            || model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is not IInvocationOperation add
            || add.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == effect.Entry["key-parameter"])?.Value.Unwrap().Type is not { } row)
            return false;
        // A copy: files are analysed concurrently, and the declared keys are shared.
        var members = new HashSet<string>(keys.TryGetValue(row.OriginalDefinition, out var declared) ? declared : [], StringComparer.Ordinal);
        foreach (var attribute in row.GetAttributes())
            if (attribute.AttributeConstructor is { } declares
                && model.EntriesOf(declares).Any(entry => entry.Role == CatalogueRole.UniqueKey)
                && attribute.NamedArguments.Any(argument => argument is { Key: "IsUnique", Value.Value: true }))
                members.UnionWith(attribute.ConstructorArguments.SelectMany(TextsIn));
        return members.Any(member => OperationKeys.Of(model).IsGivenStably(effect, member, cancellation));
    }

    // [Index(nameof(Shop), nameof(Number))]: one name, or several of them.
    private static IEnumerable<string> TextsIn(TypedConstant argument) =>
        argument.Kind == TypedConstantKind.Array
            ? argument.IsNull ? [] : argument.Values.Select(value => value.Value).OfType<string>()
            : argument is { Kind: TypedConstantKind.Primitive, Value: string text } ? [text] : [];

    // The type stands in the builder that the key is declared on.
    private void Read(IInvocationOperation declared)
    {
        for (IOperation? link = declared; link is IInvocationOperation call; link = call.Receiver()?.Unwrap())
            if (call.Receiver()?.Type is INamedTypeSymbol { TypeArguments.Length: 1 } builder
                && builder.TypeArguments[0] is var row
                && call.Arguments.SelectMany(argument => argument.Descendants()).OfType<IPropertyReferenceOperation>()
                    .Select(property => property.Property.Name).ToList() is { Count: > 0 } members)
            {
                if (!keys.TryGetValue(row.OriginalDefinition, out var known))
                    keys.Add(row.OriginalDefinition, known = new(StringComparer.Ordinal));
                known.UnionWith(members);
                return;
            }
    }
}
