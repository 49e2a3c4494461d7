using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>A request at the end of a chain of calls, as far as the functions on the way put it together.</summary>
/// <param name="call">The call that sends it.</param>
/// <param name="path">The way there.</param>
/// <param name="model">The compilation.</param>
/// <param name="cancellation">Ends every question with an exception.</param>
internal sealed class HttpRequest(IInvocationOperation call, Witness path, AgentModel model, CancellationToken cancellation)
{
    private const int MaxParts = 200;

    private readonly PathValues values = new(path, model, cancellation);

    /// <summary>The verb; null where there may be several, or it is not shown. An overload without a verb has the default of its API.</summary>
    public string? Verb(CatalogueEntry entry)
    {
        var verb = entry["verb"];
        if (verb?.StartsWith("parameter:", StringComparison.Ordinal) != true)
            return verb;
        return call.Arguments.FirstOrDefault(a => a.Parameter?.Name == verb.Substring("parameter:".Length)) is { Value: var value } ? VerbOf(value) : entry["default-verb"];
    }

    /// <summary>The words that the address is written with; empty where the source shows none.</summary>
    public ImmutableHashSet<string> AddressWords()
    {
        var words = ImmutableHashSet.CreateBuilder(StringComparer.OrdinalIgnoreCase);
        // [Post("/orders")]
        foreach (var attribute in call.TargetMethod.GetAttributes())
            if (attribute.AttributeConstructor is { } declares && model.EntriesOf(declares).Any(IsAddress))
                foreach (var argument in attribute.ConstructorArguments)
                    if (argument.Value is string address)
                        AddWords(address, words);
        var seen = new HashSet<SyntaxNode>();
        var open = new Queue<IOperation>(Addresses());
        while (open.Count > 0 && seen.Count < MaxParts)
            foreach (var part in open.Dequeue().DescendantsAndSelf())
            {
                if (part.ConstantValue is { HasValue: true, Value: string text })
                {
                    // No address has blanks: a text with some came along on the way.
                    if (!text.Any(char.IsWhiteSpace))
                        AddWords(text, words);
                }
                else if (part is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation or IInvocationOperation && seen.Add(part.Syntax))
                    foreach (var source in values.Of(part, out _))
                        // What somebody answered is no address that is written here.
                        if (source.Syntax != part.Syntax && source is not IInvocationOperation { TargetMethod.ContainingNamespace: not { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
                            open.Enqueue(source);
            }

        return words.ToImmutable();
    }

    /// <summary>Whether the address that is written here is one of this machine.</summary>
    public bool IsLoopback() => Addresses().Any(address => values.Of(address, out _).Append(address)
        .SelectMany(source => source.DescendantsAndSelf())
        .Any(part => part.ConstantValue is { HasValue: true, Value: string text } && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.IsLoopback && !uri.IsFile));

    /// <summary>Whether a PUT names an item that may be there: its address ends with something that is given, and that is not made here.</summary>
    public bool ReplacesItem() => Addresses().Any(address => values.Of(address, out _).Any(source =>
        (source switch
        {
            IInterpolatedStringOperation { Parts.Length: > 0 } text => text.Parts[text.Parts.Length - 1] as IInterpolationOperation,
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, RightOperand: { ConstantValue.HasValue: false } right } => right,
            _ => (IOperation?)null,
        }) is { } last && !last.DescendantsAndSelf().OfType<IInvocationOperation>().Any(made =>
            model.EntriesOf(made.TargetMethod).Any(entry => entry.Role == CatalogueRole.ReplayUnsafe))));

    /// <summary>Whether the path of the address names an item that is given: <c>$"orders/{id}"</c>. What stands first is where the service is.</summary>
    public bool NamesItem() => Addresses().Any(address => values.Of(address, out _).Any(source => source switch
    {
        IInterpolatedStringOperation text => HasItem([.. text.Parts.Select(part => part is IInterpolatedStringTextOperation plain ? plain.Text : part)]),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum => HasItem(SummandsOf(sum)),
        _ => false,
    }));

    // A text with a letter, and then what is given; a query asks for more than one item.
    private static bool HasItem(IReadOnlyList<IOperation> parts)
    {
        var hasPath = false;
        foreach (var part in parts)
            if (part.ConstantValue is not { HasValue: true, Value: string text })
            {
                if (hasPath)
                    return true;
            }
            else if (text.IndexOf('?') >= 0)
                return false;
            else
                hasPath |= text.IndexOf("://", StringComparison.Ordinal) < 0 ? text.Any(char.IsLetter) : text.LastIndexOf('/') > text.IndexOf("://", StringComparison.Ordinal) + 2;
        return false;
    }

    private static IReadOnlyList<IOperation> SummandsOf(IOperation sum) => sum.Unwrap() is IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } both
        ? [.. SummandsOf(both.LeftOperand), .. SummandsOf(both.RightOperand)]
        : [sum.Unwrap()];

    /// <summary>Whether something is sent along: an order without a word sets a state, and setting it again changes nothing.</summary>
    public bool HasBody(CatalogueEntry entry)
    {
        if (entry["body"]?.Split(':') is not { Length: 2 } body)
            return true;
        if (body[0] == "parameter")
            return call.Arguments.FirstOrDefault(a => a.Parameter?.Name == body[1]) is { } argument && !IsNothing(argument.Value);
        foreach (var argument in call.Arguments)
            foreach (var source in values.Of(argument.Value, out _))
                if (source is IObjectCreationOperation { Type: { } type } creation && !type.GetMembers(body[1]).IsEmpty)
                {
                    foreach (var set in creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>() ?? [])
                        if (set.Target is IPropertyReferenceOperation { Property.Name: var name } && name == body[1])
                            return !IsNothing(set.Value);
                    var members = path.Steps.Select(step => step.Site.FirstAncestorOrSelf<MemberDeclarationSyntax>()).OfType<MemberDeclarationSyntax>().Distinct().ToList();
                    // One that another function has made is sent as it is.
                    return !members.Any(member => member.Contains(creation.Syntax)) || members
                        .SelectMany(member => member.DescendantNodes().OfType<AssignmentExpressionSyntax>())
                        .Any(set => set.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var set2 } && set2 == body[1]
                            && model.SemanticsOf(set.SyntaxTree).GetOperation(set.Right, cancellation) is { } content && !IsNothing(content));
                }

        return true;
    }

    // null, or made of a parameter that is given none.
    private bool IsNothing(IOperation content) =>
        content.DescendantsAndSelf().Any(part =>
            (part is IParameterReferenceOperation || part == content)
            && values.Of(part, out var isComplete) is { Count: > 0 } sources && isComplete && sources.All(source => source.ConstantValue is { HasValue: true, Value: null }));

    private IEnumerable<IOperation> Addresses()
    {
        foreach (var address in AddressesIn(call.TargetMethod, call.Arguments))
            yield return address;
        foreach (var argument in call.Arguments)
            foreach (var source in values.Of(argument.Value, out _))
                if (source is IObjectCreationOperation { Constructor: { } constructor } creation && model.EntriesOf(constructor).Any(IsAddress))
                {
                    foreach (var address in AddressesIn(constructor, creation.Arguments))
                        yield return address;
                    foreach (var set in creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>() ?? [])
                        if (set.Target is IPropertyReferenceOperation { Property: var property } && model.EntriesOf(property).Any(IsAddress))
                            yield return set.Value;
                }
    }

    private IEnumerable<IOperation> AddressesIn(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments) =>
        from entry in model.EntriesOf(method)
        where IsAddress(entry)
        from argument in arguments
        where argument.Parameter is { } parameter && entry.List("parameter").Contains(parameter.Name)
        select argument.Value;

    private static bool IsAddress(CatalogueEntry entry) => entry.Role == CatalogueRole.Sink && entry["kind"] == "address";

    // api/v1/searchItems: api, v, search, Items
    private static void AddWords(string text, ImmutableHashSet<string>.Builder words)
    {
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            while (i < text.Length && char.IsLetter(text[i]) && (i == start || !char.IsUpper(text[i]) || char.IsUpper(text[i - 1])))
                i++;
            if (i > start)
                words.Add(text.Substring(start, i - start));
            else
                i++;
        }
    }

    // new HttpRequestMessage(HttpMethod.Post, address), new() { Method = … }, or the method itself.
    private string? VerbOf(IOperation request)
    {
        var verbs = new HashSet<string?>();
        foreach (var source in values.Of(request, out _))
            verbs.Add(source is IObjectCreationOperation creation ? VerbIn(creation) ?? VerbSetOn(request) : VerbNamed(source));
        return verbs.Count == 1 ? verbs.First() : null;
    }

    private string? VerbIn(IObjectCreationOperation creation)
    {
        if (creation.Constructor is { } constructor && model.Find(constructor, CatalogueRole.HttpVerb) is { } made)
            return VerbOf(made, creation.Arguments);
        foreach (var value in creation.Arguments.Select(argument => argument.Value).Concat(
            creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>().Where(set => IsVerb(set.Target)).Select(set => set.Value) ?? []))
            foreach (var source in values.Of(value, out _))
                if (VerbNamed(source) is { } verb)
                    return verb;
        return null;
    }

    // request.Method = HttpMethod.Post
    private string? VerbSetOn(IOperation request)
    {
        if (request.Unwrap() is not ILocalReferenceOperation { Local: var local })
            return null;
        var root = request;
        while (root.Parent is { } parent)
            root = parent;
        return (from assignment in root.Descendants().OfType<ISimpleAssignmentOperation>()
                where IsVerb(assignment.Target) && assignment.Target is IPropertyReferenceOperation { Instance: ILocalReferenceOperation { Local: var owner } } && SymbolEqualityComparer.Default.Equals(owner, local)
                from source in values.Of(assignment.Value, out _)
                select VerbNamed(source)).FirstOrDefault(verb => verb != null);
    }

    private bool IsVerb(IOperation target) => target is IPropertyReferenceOperation { Property: var property } && model.Find(property, CatalogueRole.RequestVerb) != null;

    private string? VerbNamed(IOperation value) => value switch
    {
        IPropertyReferenceOperation { Property: var property } => model.Find(property, CatalogueRole.HttpVerb)?["verb"],
        IObjectCreationOperation { Constructor: { } constructor } creation when model.Find(constructor, CatalogueRole.HttpVerb) is { } made => VerbOf(made, creation.Arguments),
        IInvocationOperation call when model.Find(call.TargetMethod, CatalogueRole.HttpVerb) is { } made => VerbOf(made, call.Arguments),
        _ => null,
    };

    // new HttpMethod("PATCH")
    private static string? VerbOf(CatalogueEntry made, ImmutableArray<IArgumentOperation> arguments) =>
        (arguments.FirstOrDefault(argument => "parameter:" + argument.Parameter?.Name == made["verb"])?.Value.ConstantValue.Value as string)?.ToUpperInvariant();
}
