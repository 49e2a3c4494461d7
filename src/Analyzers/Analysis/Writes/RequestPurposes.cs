using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Writes;

/// <summary>What a POST is sent for.</summary>
internal enum RequestPurpose
{
    /// <summary>Nothing shows that it does something.</summary>
    Unknown,

    /// <summary>It asks, and changes nothing.</summary>
    Question,

    /// <summary>It reaches a state: sent again, it finds the state reached.</summary>
    State,

    /// <summary>It does something each time.</summary>
    Order,

    /// <summary>Its answer is used, and a function around it says that it does something each time.</summary>
    NamedOrder,

    /// <summary>Its answer is used, and is something with an id of its own: it was probably made.</summary>
    LikelyOrder,
}

/// <summary>
/// Tells what a POST is sent for: by whether its answer is used, by what the functions around it say that they do, by the words of its address, and
/// by the type that comes back. A request whose answer is used is an order only where something says so.
/// </summary>
internal sealed class RequestPurposes(AgentModel model)
{
    private readonly ImmutableHashSet<string> orders = WordsOf(model, CatalogueRole.Order, "address");
    private readonly ImmutableHashSet<string> questions = WordsOf(model, CatalogueRole.Question, "address");
    private readonly ImmutableHashSet<string> states = [.. model.Catalogue.Of(CatalogueRole.State).Select(entry => entry.Type)];
    private readonly ImmutableHashSet<string> orderVerbs = WordsOf(model, CatalogueRole.Order, "name");
    private readonly ImmutableHashSet<string> questionVerbs = WordsOf(model, CatalogueRole.Question, "name");
    private readonly ImmutableHashSet<string> transportWords = WordsOf(model, CatalogueRole.Question, "transport");

    public static RequestPurposes Of(AgentModel model) => model.Shared(m => new RequestPurposes(m));

    /// <summary>What the request at the end of a path is sent for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">The way there.</param>
    /// <param name="isDropped">Whether nothing is done with the answer, whatever the path shows.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public RequestPurpose Of(HttpRequest request, Witness path, bool isDropped, CancellationToken cancellation)
    {
        var address = request.AddressWords();
        var answer = isDropped ? new Answer(false, null) : Answers.Of(path, model, cancellation);
        var isOrder = address.Any(orders.Contains);
        if (!isOrder && address.Any(states.Contains))
            return RequestPurpose.State;
        if (ModelRequests.Of(model).IsSentToModelOrAgent(path))
            return RequestPurpose.Question;
        var asks = address.Any(questions.Contains);
        if (isOrder && !asks)
            return RequestPurpose.Order;
        // v1/completions: what only asks does nothing, even where its answer is dropped.
        if (!answer.IsUsed)
            return asks && !isOrder && VerbAround(path, cancellation) != true ? RequestPurpose.Question : RequestPurpose.Order;
        var verb = VerbAround(path, cancellation);
        // execute-query: where the address says both, the functions around decide.
        if (asks)
            return isOrder && verb == true ? RequestPurpose.NamedOrder : RequestPurpose.Question;
        return verb switch
        {
            true => RequestPurpose.NamedOrder,
            false => RequestPurpose.Question,
            null when HasIdentity(answer.Type) && !address.IsEmpty => RequestPurpose.LikelyOrder,
            _ => RequestPurpose.Unknown,
        };
    }

    /// <summary>The innermost function that says what it does: true for an order, false for a question, null where none does.</summary>
    public bool? VerbAround(Witness path, CancellationToken cancellation)
    {
        if (path is { Beyond: null, Target.IsAbstract: true } && VerbOf(path.Target, cancellation) is { } declared)
            return declared;
        return VerbAround(path.Steps, cancellation);
    }

    /// <summary>The innermost function around some calls that says what it does.</summary>
    public bool? VerbAround(ImmutableArray<Call> calls, CancellationToken cancellation)
    {
        for (var i = calls.Length - 1; i >= 0; i--)
            for (var around = model.SemanticsOf(calls[i].Site.SyntaxTree).GetEnclosingSymbol(calls[i].Site.SpanStart, cancellation);
                around is IMethodSymbol function;
                around = function.ContainingSymbol)
                if (VerbOf(function, cancellation) is { } verb)
                    return verb;
        return null;
    }

    private bool? VerbOf(IMethodSymbol method, CancellationToken cancellation)
    {
        if (method.MethodKind is not (MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.ExplicitInterfaceImplementation))
            return null;
        return MeaningOf(Words.Of(method.Name.Substring(method.Name.LastIndexOf('.') + 1))) ?? DescriptionsOf(method, cancellation).Select(text => MeaningOf(Words.Of(FirstWord(text)))).FirstOrDefault(meaning => meaning != null);
    }

    // GetOrCreate says both; SendRequest and PostJson say how.
    private bool? MeaningOf(IReadOnlyList<string> words)
    {
        var first = words.Count > 1 && words[0] == "try" ? 1 : 0;
        var count = words.Count > first + 1 && words[words.Count - 1] == "async" ? words.Count - 1 : words.Count;
        if (count <= first || (count > first + 1 && words[first + 1] == "or"))
            return null;
        if (transportWords.Contains(words[first]) && (count == first + 1 || transportWords.Contains(words[first + 1])))
            return null;
        foreach (var verb in Words.Infinitives(words[first]))
            if (orderVerbs.Contains(verb))
                return true;
            else if (questionVerbs.Contains(verb))
                return false;
        return null;
    }

    // What generated clients and tools say of themselves: a summary, or an attribute with a text.
    private static IEnumerable<string> DescriptionsOf(IMethodSymbol method, CancellationToken cancellation)
    {
        foreach (var attribute in method.GetAttributes())
            if (attribute.AttributeClass?.Name == "DescriptionAttribute" && attribute.ConstructorArguments.Length == 1 && attribute.ConstructorArguments[0] is { Kind: TypedConstantKind.Primitive, Value: string text })
                yield return text;
        if (method.GetDocumentationCommentXml(cancellationToken: cancellation) is { Length: > 0 } comment
            && comment.IndexOf("<summary>", StringComparison.Ordinal) is >= 0 and var start)
            yield return comment.Substring(start + "<summary>".Length);
    }

    private static string FirstWord(string text)
    {
        var trimmed = text.TrimStart();
        var end = 0;
        while (end < trimmed.Length && char.IsLetter(trimmed[end]))
            end++;
        return trimmed.Substring(0, end);
    }

    // What was made is known by an id; a list, a number, a text or a picture was asked for.
    private static bool HasIdentity(ITypeSymbol? type)
    {
        if (type is null or { SpecialType: not SpecialType.None } or IArrayTypeSymbol)
            return false;
        if (type.AllInterfaces.Any(i => i.Name == "IEnumerable"))
            return false;
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            if (t.GetMembers().OfType<IPropertySymbol>().Any(property => Words.Of(property.Name) is { Count: > 0 } words && words[words.Count - 1] == "id" && (words.Count == 1 || t.Name.StartsWith(property.Name.Substring(0, property.Name.Length - 2), StringComparison.Ordinal))))
                return true;
        return false;
    }

    private static ImmutableHashSet<string> WordsOf(AgentModel model, CatalogueRole role, string place) =>
        model.Catalogue.Of(role).Where(entry => (entry["in"] ?? "address") == place || (place == "name" && entry.Has("verb"))).Select(entry => entry.Type).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);
}
