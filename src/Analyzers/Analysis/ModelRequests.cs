using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>
/// Requests to models and agents that no SDK makes: a method that sends something over HTTP, and puts together what only models are sent,
/// as an object with a <c>prompt</c>, or names an address that only models have; or that is given what only agents are sent.
/// </summary>
internal sealed class ModelRequests(AgentModel model)
{
    private readonly ImmutableArray<CatalogueEntry> members = [.. model.Catalogue.Of(CatalogueRole.PromptMember)];
    private readonly ImmutableArray<string> addresses = [.. model.Catalogue.Of(CatalogueRole.PromptAddress).Select(entry => entry.Type)];
    private readonly ImmutableArray<string> messages = [.. model.Catalogue.Of(CatalogueRole.AgentMessage).Select(entry => entry.SimpleTypeName)];
    private readonly ConcurrentDictionary<SyntaxNode, bool> functions = new();

    private readonly CatalogueQuery http = model.Query(entry => entry.Role == CatalogueRole.HttpCall && !entry.Has("blocking"));
    private readonly NameSet names = new(
        model.Catalogue.Of(CatalogueRole.PromptMember).SelectMany(Spellings).Concat(model.Catalogue.Of(CatalogueRole.AgentMessage).Select(entry => entry.SimpleTypeName)));

    public static ModelRequests Of(AgentModel model) => model.Shared(m => new ModelRequests(m));

    /// <summary>Whether something that code reaches asks a model or an agent.</summary>
    public bool Asks(Effect effect) =>
        effect.Entry.AsksModelOrAgent() || (effect.Entry.Role == CatalogueRole.HttpCall && IsSentToModelOrAgent(effect.Witness));

    /// <summary>Whether what a path of calls sends over HTTP goes to a model or an agent.</summary>
    public bool IsSentToModelOrAgent(Witness path) =>
        (path.Beyond is { Fact: var fact } ? fact.Is(ReachedTraits.Prompt) : IsPrompt(path.Target, path.Steps[path.Steps.Length - 1].Site)) || path.Steps.Any(step => TakesMessage(step.Named));

    /// <summary>Whether a method is given what one agent sends another: what it does then is the agent's business.</summary>
    public bool TakesMessage(IMethodSymbol method) => messages.Length > 0 && method.Parameters.Any(parameter => model.Is(parameter.Type, CatalogueRole.AgentMessage));

    /// <summary>The names of calls over HTTP in one file that may be such requests, by the text around them.</summary>
    public IEnumerable<SimpleNameSyntax> CandidatesIn(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        if (!http.IsMentionedIn(tree, cancellation))
            return [];
        if (!index.MentionsAny(names) && !PromptAddresses.AreIn(tree, cancellation))
            return [];
        var takesMessages = messages.Any(index.Mentions);
        var root = tree.GetRoot(cancellation);
        return http.NamesIn(tree, cancellation).SelectMany(name => index.Uses(name, root)).Where(call => takesMessages || IsBesidePrompt(call));
    }

    /// <summary>Whether a call over HTTP sends a prompt, as far as the function around it shows.</summary>
    public bool IsPrompt(ISymbol method, SyntaxNode call) =>
        model.EntriesOf(method).Any(Posts) && IsBesidePrompt(call);

    private bool IsBesidePrompt(SyntaxNode call) =>
        call.FirstAncestorOrSelf<SyntaxNode>(node => node is MemberDeclarationSyntax or LocalFunctionStatementSyntax) is { } function && functions.GetOrAdd(function, MakesPrompt);

    // A token that is fetched on the way is no prompt.
    private static bool Posts(CatalogueEntry entry) => entry.Role == CatalogueRole.Effect && entry["kind"] == "http" && entry["class"] != "idempotent";

    private bool MakesPrompt(SyntaxNode function)
    {
        if (NamesAddress(function))
            return true;
        foreach (var node in function.DescendantNodes())
            if (NamesIn(node) is { Count: > 0 } names
                && members.Any(member => Spellings(member).Any(names.Contains) && (member.List("beside") is not { IsEmpty: false } others || others.Any(other => names.Contains(other) || (!member.Has("exact") && names.Contains(Capital(other)))))))
                return true;
        return false;
    }

    // "https://…/v1/chat/completions", $"…/{model}:generateContent"
    private bool NamesAddress(SyntaxNode code) =>
        code.DescendantTokens().Any(token =>
            token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.SingleLineRawStringLiteralToken
            && addresses.Any(word => PromptAddresses.HasWord(token.ValueText, word)));

    // new { prompt = … }, new Request { Prompt = … }, new Dictionary<string, object> { ["prompt"] = … }
    private static HashSet<string> NamesIn(SyntaxNode node) => node switch
    {
        AnonymousObjectCreationExpressionSyntax made => [.. made.Initializers.Select(NameOf).OfType<string>()],
        InitializerExpressionSyntax { RawKind: (int)SyntaxKind.ObjectInitializerExpression } made =>
            [.. made.Expressions.OfType<AssignmentExpressionSyntax>().Select(set => NameOf(set.Left)).OfType<string>()],
        _ => [],
    };

    private static string? NameOf(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        ImplicitElementAccessSyntax { ArgumentList.Arguments: { Count: 1 } arguments } => (arguments[0].Expression as LiteralExpressionSyntax)?.Token.Value as string,
        _ => null,
    };

    private static string? NameOf(AnonymousObjectMemberDeclaratorSyntax member) =>
        member.NameEquals?.Name.Identifier.ValueText ?? (member.Expression as IdentifierNameSyntax)?.Identifier.ValueText;

    private static IEnumerable<string> Spellings(CatalogueEntry member) => member.Has("exact") ? [member.Type] : [member.Type, Capital(member.Type)];

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);
}
