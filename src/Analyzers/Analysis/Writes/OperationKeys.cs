using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// Whether a write is told from the next one: by a header of its request, a property or parameter that its API has for that, or something in
/// what it sends that is called so.
/// </summary>
internal sealed class OperationKeys(AgentModel model)
{
    // What a message is made of is looked at this far.
    private const int MaxParts = 400;

    private readonly ImmutableArray<CatalogueEntry> headers = [.. model.Catalogue.Of(CatalogueRole.IdempotencyKey).Where(entry => entry.Has("header"))];
    private readonly ImmutableHashSet<string> clientHeaders = [.. model.Catalogue.Of(CatalogueRole.IdempotencyKey).Where(entry => entry.Has("defaults")).SelectMany(entry => entry.Members)];
    private readonly ImmutableArray<IReadOnlyList<string>> words = [.. model.Catalogue.Of(CatalogueRole.KeyWord).Where(entry => !entry.Has("message")).Select(entry => Words.Of(entry.Type))];
    private readonly ImmutableArray<IReadOnlyList<string>> onlyKeys = [.. model.Catalogue.Of(CatalogueRole.KeyWord).Where(entry => !entry.Has("shows") && !entry.Has("message")).Select(entry => Words.Of(entry.Type))];
    private readonly ImmutableArray<IReadOnlyList<string>> messageKeys = [.. model.Catalogue.Of(CatalogueRole.KeyWord).Where(entry => entry.Has("message")).Select(entry => Words.Of(entry.Type))];

    public static OperationKeys Of(AgentModel model) => model.Shared(m => new OperationKeys(m));

    /// <summary>Whether the last call of a path is given the key of its operation, as far as the path shows; also where it may be.</summary>
    public bool Identify(Effect effect, CancellationToken cancellation) =>
        effect.Entry["kind"] == "http"
            ? IsHeaderSet(effect.Witness, cancellation) || DeclaresKey(effect.Witness.Target) || IsSent(effect.Witness, cancellation) || ItemAddresses.Of(model, cancellation).NameWhatIsMade(effect.Witness)
            : IsGiven(effect, cancellation) || IsSent(effect.Witness, cancellation) || (effect.Entry["kind"] == "publish" && IsCorrelated(effect.Witness, cancellation));

    /// <summary>Whether a function on the way puts a key among the headers of a request, or the type of one among those of its client.</summary>
    public bool IsHeaderSet(Witness path, CancellationToken cancellation) =>
        path.Steps.Any(step =>
            (step.Site.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member && SetsHeader(member, ofClient: false, cancellation))
            || (step.Site.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type && SetsHeader(type, ofClient: true, cancellation)));

    // Task Create([Body] Order order, [Header("Idempotency-Key")] string key)
    private bool DeclaresKey(IMethodSymbol method) =>
        method.IsAbstract
        && method.Parameters.SelectMany(parameter => parameter.GetAttributes())
            .SelectMany(attribute => attribute.ConstructorArguments)
            .Any(argument => argument is { Kind: TypedConstantKind.Primitive, Value: string name } && IsCalledKey(name));

    /// <summary>Whether code puts a key among headers.</summary>
    public bool SetsHeader(SyntaxNode code, bool ofClient, CancellationToken cancellation)
    {
        foreach (var call in code.DescendantNodes().OfType<InvocationExpressionSyntax>())
            if (call.Expression is MemberAccessExpressionSyntax access
                && headers.Any(entry => entry.NamesMember(access.Name.Identifier.ValueText))
                && (!ofClient || access.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var owner } && clientHeaders.Contains(owner) || access.Expression is IdentifierNameSyntax { Identifier.ValueText: var own } && clientHeaders.Contains(own))
                && model.SemanticsOf(call.SyntaxTree).GetOperation(call, cancellation) is IInvocationOperation set
                && HeaderSetBy(set, cancellation) != null)
                return true;
        return false;
    }

    /// <summary>Whether a parameter of this name can have no other use than to carry a key.</summary>
    public bool IsKeyName(string name) => Words.Of(name) is var parts && onlyKeys.Any(word => Words.Contain(parts, word));

    /// <summary>The header that a call sets, where it is one that carries a key.</summary>
    public string? HeaderSetBy(IInvocationOperation call, CancellationToken cancellation)
    {
        foreach (var entry in model.EntriesOf(call.TargetMethod))
            if (entry.Role == CatalogueRole.IdempotencyKey && entry.Has("header") && call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value is { } name)
                foreach (var source in new ValueSources(model, cancellation).Of(name))
                    if (source.ConstantValue is { HasValue: true, Value: string header } && entry.List("header").Contains(header, StringComparer.OrdinalIgnoreCase))
                        return header;
        return null;
    }

    // A parameter of the call, a property of what it is given, or one that a delegate among its arguments sets.
    private bool IsGiven(Effect effect, CancellationToken cancellation)
    {
        var step = effect.Witness.Steps[effect.Witness.Steps.Length - 1];
        if (model.SemanticsOf(step.Site.SyntaxTree).GetOperation(step.Site, cancellation) is not IInvocationOperation call)
            return true;
        if (call.Descendants().OfType<ISimpleAssignmentOperation>().Any(IsOfKey) || call.Descendants().OfType<IInvocationOperation>().Any(inner => inner != call && model.EntriesOf(inner.TargetMethod).Any(IsKey)))
            return true;
        if (effect.Entry["key"]?.Split(':') is not { Length: 2 } key)
            return false;
        var values = new PathValues(effect.Witness, model, cancellation);
        if (key[0] == "parameter")
            return call.Arguments.FirstOrDefault(a => a.Parameter?.Name == key[1]) is { } argument && argument.ArgumentKind != ArgumentKind.DefaultValue && !IsNothing(argument.Value, values);
        if (key[0] == "entity")
            return call.Arguments.FirstOrDefault(a => a.Parameter?.Name == effect.Entry["key-parameter"]) is not { } entity
                || KeyOf(entity.Value.Unwrap().Type, key[1]) is not { } own
                || HasKey(entity.Value, own, effect.Witness, values, cancellation);
        foreach (var argument in call.Arguments)
            if (effect.Entry["key-parameter"] is { } parameter ? argument.Parameter?.Name == parameter : HasProperty(argument.Value.Unwrap().Type, key[1]))
                return argument.ArgumentKind != ArgumentKind.DefaultValue && HasKey(argument.Value, key[1], effect.Witness, values, cancellation);
        return false;
    }

    // Id, or the type's name before it, however it is capitalised. Where there is none, the key is made of something else.
    private static string? KeyOf(ITypeSymbol? type, string property)
    {
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            foreach (var member in t.GetMembers().OfType<IPropertySymbol>())
                if (member.Name.Equals(property, StringComparison.OrdinalIgnoreCase) || member.Name.Equals(t.Name + property, StringComparison.OrdinalIgnoreCase))
                    return member.Name;
        return null;
    }

    // Unknown is not shown to be without.
    private bool HasKey(IOperation carrier, string property, Witness path, PathValues values, CancellationToken cancellation)
    {
        var sources = values.Of(carrier, out var isComplete);
        if (!isComplete || sources.Count == 0)
            return true;
        foreach (var source in sources)
            if (source is IObjectCreationOperation creation)
            {
                if (KeysIn(creation, property).Any(value => !IsNothing(value, values) && !IsFresh(creation.Type, property, value, values)))
                    return true;
                if (creation.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } made && IsSetIn(made, property))
                    return true;
            }
            else if (source is IAnonymousObjectCreationOperation anonymous)
            {
                if (KeysIn(anonymous, property).Any(value => !IsNothing(value, values) && !IsFresh(anonymous.Type, property, value, values)))
                    return true;
            }
            else if (source.ConstantValue is not { HasValue: true, Value: null })
                return true;
        return path.Steps.Any(step => step.Site.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member && IsSetIn(member, property));
    }

    /// <summary>Whether a property of what the last call of a path is given is set to something that is the same in each attempt.</summary>
    public bool IsGivenStably(Effect effect, string property, CancellationToken cancellation)
    {
        var site = effect.Witness.Steps[effect.Witness.Steps.Length - 1].Site;
        var values = new PathValues(effect.Witness, model, cancellation);
        return model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is IInvocationOperation call
            && call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == effect.Entry["key-parameter"]) is { } entity
            && HasKey(entity.Value, property, effect.Witness, values, cancellation);
    }

    // new Options { Id = … }, new Options(id: …), new Options(…) with a positional parameter of the property's name
    private static IEnumerable<IOperation> KeysIn(IObjectCreationOperation creation, string property)
    {
        foreach (var set in creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>() ?? [])
            if (set.Target is IPropertyReferenceOperation { Property.Name: var name } && name == property)
                yield return set.Value;
        foreach (var argument in creation.Arguments)
            if (argument is { ArgumentKind: not ArgumentKind.DefaultValue, Parameter.Name: var parameter } && parameter.Equals(property, StringComparison.OrdinalIgnoreCase))
                yield return argument.Value;
    }

    private static IEnumerable<IOperation> KeysIn(IAnonymousObjectCreationOperation creation, string property) =>
        creation.Initializers.OfType<ISimpleAssignmentOperation>()
            .Where(set => set.Target is IPropertyReferenceOperation { Property.Name: var name } && name.Equals(property, StringComparison.OrdinalIgnoreCase))
            .Select(set => set.Value);

    // Where a property is known to carry a key, a rule of its own reports that it changes.
    private bool IsFresh(ITypeSymbol? type, string property, IOperation value, PathValues values) =>
        !(type?.GetMembers(property).OfType<IPropertySymbol>().FirstOrDefault() is { } known && model.EntriesOf(known).Any(IsKey)) && IsFresh(value, values);

    // Another one in each run: made of a random number or a new id on this path.
    private bool IsFresh(IOperation value, PathValues values)
    {
        var parts = value.DescendantsAndSelf().Concat(values.Of(value, out _).SelectMany(source => source.DescendantsAndSelf()));
        return parts.Any(part => part switch
        {
            IInvocationOperation call => IsUnstable(call.TargetMethod),
            IPropertyReferenceOperation property => IsUnstable(property.Property),
            _ => false,
        });
    }

    private bool IsUnstable(ISymbol member) =>
        model.EntriesOf(member).Any(entry => entry.Role == CatalogueRole.ReplayUnsafe && entry["kind"] is "guid" or "random");

    /// <summary>The name under which what is sent carries an id that is a new one in each run; null where it carries none.</summary>
    public string? FreshIdSent(Witness path, CancellationToken cancellation)
    {
        var values = new PathValues(path, model, cancellation);
        return MembersSent(path, cancellation).FirstOrDefault(sent => Words.Of(sent.Name) is { Count: > 0 } words && words[words.Count - 1] is "id" or "key" && IsFresh(sent.Value, values)).Name;
    }

    // new Finished { CorrelationId = context.Message.CorrelationId }: what correlates messages sees that one comes again.
    private bool IsCorrelated(Witness path, CancellationToken cancellation)
    {
        var values = new PathValues(path, model, cancellation);
        return MembersSent(path, cancellation).Any(sent => messageKeys.Any(word => Words.Contain(Words.Of(sent.Name), word)) && !IsFresh(sent.Value, values));
    }

    private IEnumerable<(string Name, IOperation Value)> MembersSent(Witness path, CancellationToken cancellation)
    {
        foreach (var part in PartsSent(path, cancellation))
            switch (part)
            {
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var set }, Value: var given }:
                    yield return (set.Name, given);
                    break;
                case IArgumentOperation { Parent: IObjectCreationOperation, ArgumentKind: not ArgumentKind.DefaultValue, Parameter: { } parameter, Value: var given }:
                    yield return (parameter.Name, given);
                    break;
            }
    }

    /// <summary>Whether the source shows that the receiver of a request takes a key: some request of the same type has one.</summary>
    public bool TakesKey(Effect effect, CancellationToken cancellation) =>
        effect.Witness.Beyond is { Fact: var fact } ? fact.Is(ReachedTraits.TakesKey)
        : effect.Entry["kind"] != "http"
            ? effect.Entry["key"]?.Split(':')[0] is "property" or "parameter"
            : DeclaresKeyElsewhere(effect.Witness.Target)
                || effect.Witness.Steps[effect.Witness.Steps.Length - 1].Site.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type && SetsHeader(type, ofClient: false, cancellation);

    private bool DeclaresKeyElsewhere(IMethodSymbol method) =>
        method is { IsAbstract: true, ContainingType: { } client } && client.GetMembers().OfType<IMethodSymbol>().Any(DeclaresKey);

    private static bool IsSetIn(SyntaxNode member, string property) =>
        member.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(set => set.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } && name == property);

    private static bool IsNothing(IOperation value, PathValues values) =>
        values.Of(value, out var isComplete) is { Count: > 0 } sources && isComplete && sources.All(source => source.ConstantValue is { HasValue: true, Value: null });

    private static bool HasProperty(ITypeSymbol? type, string property)
    {
        if (type is INamedTypeSymbol { TypeArguments.Length: 1 } sequence && !type.GetMembers(property).Any())
            type = sequence.TypeArguments[0];
        for (var t = type; t != null; t = t.BaseType)
            if (!t.GetMembers(property).IsEmpty)
                return true;
        return false;
    }

    private bool IsOfKey(ISimpleAssignmentOperation set) => set.Target is IPropertyReferenceOperation { Property: var property } && model.EntriesOf(property).Any(IsKey);

    private static bool IsKey(CatalogueEntry entry) => entry.Role == CatalogueRole.IdempotencyKey && !entry.Has("stable") && !entry.Has("header") && !entry.Has("defaults");

    // Something in what is sent is called a key, or is one that the framework keeps.
    private bool IsSent(Witness path, CancellationToken cancellation) =>
        PartsSent(path, cancellation).Any(part => IsKeyPart(part) || IsWholeWithKey(part));

    // PostAsJsonAsync(url, payment): what is given in, and sent as it is, is sent with all of its properties.
    private bool IsWholeWithKey(IOperation part) =>
        part is IParameterReferenceOperation { Parameter.Type: INamedTypeSymbol { SpecialType: SpecialType.None } type } && model.Declares(type)
        && part.Parent is IArgumentOperation or IConversionOperation { Parent: IArgumentOperation }
        && type.GetMembers().Any(member => member is IPropertySymbol { IsStatic: false, IsIndexer: false } property && IsCalledKey(property.Name));

    /// <summary>What the arguments of the last call are made of, as far as the path shows.</summary>
    public IEnumerable<IOperation> PartsSent(Witness path, CancellationToken cancellation)
    {
        var step = path.Steps[path.Steps.Length - 1];
        if (model.SemanticsOf(step.Site.SyntaxTree).GetOperation(step.Site, cancellation) is not IInvocationOperation call)
            yield break;
        var values = new PathValues(path, model, cancellation);
        var seen = new HashSet<IOperation>();
        var open = new Queue<IOperation>();
        foreach (var argument in call.Arguments)
            if (argument.ArgumentKind != ArgumentKind.DefaultValue)
                open.Enqueue(argument.Value);
        while (open.Count > 0 && seen.Count < MaxParts)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var part in open.Dequeue().DescendantsAndSelf())
            {
                if (!seen.Add(part))
                    continue;
                yield return part;
                // Of message.Text only the text is sent.
                if (part.Parent is IPropertyReferenceOperation { Instance: var owner, Property: var member } && owner == part && !member.IsIndexer)
                {
                    foreach (var source in values.Of(part, out _).OfType<IObjectCreationOperation>())
                        foreach (var value in KeysIn(source, member.Name))
                            open.Enqueue(value);
                    continue;
                }

                if (part is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation || part is IInvocationOperation { TargetMethod: var made } && model.Declares(made))
                    foreach (var source in values.Of(part, out _))
                        if (source != part)
                            open.Enqueue(source);
                if (part is ILocalReferenceOperation { Local: var local })
                    foreach (var added in AddedTo(local, part))
                        open.Enqueue(added);
            }
        }
    }

    // form.Add("…", value), body["…"] = value
    private static IEnumerable<IOperation> AddedTo(ILocalSymbol local, IOperation use)
    {
        var root = use;
        while (root.Parent is { } parent)
            root = parent;
        foreach (var operation in root.Descendants())
            if (operation is ILocalReferenceOperation { Local: var other } reference && SymbolEqualityComparer.Default.Equals(other, local))
                switch (reference.Parent)
                {
                    case IInvocationOperation call when call.Instance == reference:
                        foreach (var argument in call.Arguments)
                            yield return argument;
                        break;
                    case IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation set } property when set.Target == property:
                        yield return set;
                        break;
                }
    }

    private bool IsKeyPart(IOperation part) => part switch
    {
        IParameterReferenceOperation { Parameter: var parameter } => IsCalledKey(parameter.Name),
        // new Payment(…, requestId)
        IArgumentOperation { Parent: IObjectCreationOperation, ArgumentKind: not ArgumentKind.DefaultValue, Parameter: { } parameter } => IsCalledKey(parameter.Name),
        ILocalReferenceOperation { Local: var local } => IsCalledKey(local.Name),
        IFieldReferenceOperation { Field: { IsConst: false } field } => IsCalledKey(field.Name),
        IPropertyReferenceOperation { Property: var property } => IsCalledKey(property.Name) || model.EntriesOf(property).Any(entry => entry.Role == CatalogueRole.IdempotencyKey),
        { ConstantValue: { HasValue: true, Value: string text } } => text.Length < 64 && IsCalledKey(text),
        _ => false,
    };

    // Whole words, next to each other: preferenceId is no referenceId.
    private bool IsCalledKey(string name) => Words.Of(name) is var parts && words.Any(word => Words.Contain(parts, word));
}
