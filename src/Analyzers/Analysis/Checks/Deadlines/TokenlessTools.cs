using System.Collections.Immutable;
using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Deadlines;

/// <summary>Remote work that a tool or handler waits for.</summary>
/// <param name="Witness">The calls that lead there.</param>
/// <param name="Noun">What the call is, in messages.</param>
/// <param name="AsksModel">Whether it asks a model or an agent.</param>
internal sealed record TokenlessWork(Witness Witness, string Noun, bool AsksModel);

/// <summary>A tool, or a handler of requests, that cannot be told that its caller has given up.</summary>
/// <param name="Tool">The tool or handler.</param>
/// <param name="IsTool">Whether a model calls it.</param>
/// <param name="Node">Its declaration, or the lambda.</param>
/// <param name="Site">Its name, or the lambda's parameter list.</param>
/// <param name="AllWork">The calls that it waits for and that could be cancelled, nearest first; at least one.</param>
internal sealed record TokenlessTool(IMethodSymbol Tool, bool IsTool, SyntaxNode Node, Location Site, ImmutableArray<TokenlessWork> AllWork)
{
    /// <summary>The work that a report names: the first call that asks a model or an agent, else the first.</summary>
    public TokenlessWork Work => AllWork.FirstOrDefault(work => work.AsksModel) ?? AllWork[0];
}

/// <summary>
/// Finds the tools of a file that wait for remote work which could be cancelled, and the handlers of requests that wait for a model or an agent, which
/// take no token. The frameworks fill a parameter of that type themselves: neither models nor clients see it.
/// </summary>
internal sealed class TokenlessTools(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly TokenSupply supply = new(model, cancellation);
    private readonly ModelRequests requests = ModelRequests.Of(model);
    private readonly LibraryWork libraries = new(model, cancellation);

    public IEnumerable<TokenlessTool> In()
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var name in RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation))
            for (SyntaxNode? node = name; node != null; node = node.Parent)
                if (node is MethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax && seen.Add(node) && At(node) is { } found)
                    yield return found;
        foreach (var node in libraries.ToolsIn(semantics.SyntaxTree))
            if (seen.Add(node) && At(node) is { } found)
                yield return found;
    }

    private TokenlessTool? At(SyntaxNode node)
    {
        if (!MayWait(node) || (node is AnonymousFunctionExpressionSyntax ? semantics.GetSymbolInfo(node, cancellation).Symbol : semantics.GetDeclaredSymbol(node, cancellation)) is not IMethodSymbol tool)
            return null;
        var roles = model.RolesOf(tool, cancellation);
        if ((roles & (MethodRoles.Tool | MethodRoles.Handler)) == 0 || !tool.ReturnType.IsTask() || !MayTakeToken(tool))
            return null;
        var isTool = (roles & MethodRoles.Tool) != 0;
        var work = WorkOf(tool, node, isTool);
        if (work.IsEmpty)
            return null;
        var site = node switch
        {
            MethodDeclarationSyntax method => method.Identifier.GetLocation(),
            LocalFunctionStatementSyntax local => local.Identifier.GetLocation(),
            SimpleLambdaExpressionSyntax simple => simple.Parameter.GetLocation(),
            ParenthesizedLambdaExpressionSyntax lambda => lambda.ParameterList.GetLocation(),
            _ => node.GetLocation(),
        };
        return new TokenlessTool(tool, isTool, node, site, work);
    }

    private ImmutableArray<TokenlessWork> WorkOf(IMethodSymbol tool, SyntaxNode node, bool isTool)
    {
        var summaries = EffectSummaries.Of(model);
        if (tool.MethodKind == MethodKind.AnonymousFunction)
            return semantics.GetOperation(node, cancellation) is IAnonymousFunctionOperation { Body: var body }
                ? Among(summaries.Of(body, depth, cancellation)) is { IsEmpty: false } certain ? certain : Among(summaries.MayOf(body, depth, cancellation))
                : [];
        if (Among(summaries.Of(tool, depth, cancellation)) is { IsEmpty: false } known)
            return known;
        if (Among(summaries.MayOf(tool, depth, cancellation)) is { IsEmpty: false } possible)
            return possible;
        return isTool && libraries.Of(tool, supply) is { } path ? [new TokenlessWork(path, "library call", AsksModel: false)] : [];

        ImmutableArray<TokenlessWork> Among(EffectSummary summary) =>
        [
            .. from effect in summary.Effects
               where effect.Entry.IsRemoteCall() && !effect.Entry.Has("blocking") && !effect.Entry.Has("continues")
               let asks = requests.Asks(effect)
               where (isTool || (asks && !HasContext(effect))) && supply.IsTokenless(effect.Witness) && !EmbeddedDatabases.Serve(effect, model, cancellation)
               select new TokenlessWork(effect.Witness, effect.Entry.Noun(), asks),
        ];
    }

    // An expression-bodied or asynchronous function: by the text, so that nothing else is bound.
    private static bool MayWait(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax { ReturnType: var type } => type is not PredefinedTypeSyntax,
        LocalFunctionStatementSyntax { ReturnType: var type } => type is not PredefinedTypeSyntax,
        _ => true,
    };

    // What a controller calls itself can be given the token of its context, where it takes one: AGL0301.
    private bool HasContext(Effect effect) =>
        effect.Witness.Steps is { IsEmpty: false } steps && steps[0] is var first
        && model.SemanticsOf(first.Site.SyntaxTree) is var place
        && place.GetOperation(first.Site, cancellation) is IInvocationOperation call
        && supply.WayOf(call) != TokenWay.None
        && new TokenScopes(model, place, cancellation).At(call) != null;

    // What it has to look like is not for others to say, and no parameter of it carries a token.
    private bool MayTakeToken(IMethodSymbol tool) =>
        !tool.Parameters.Any(parameter => CancellationTokens.IsTokenOrNullable(parameter.Type) || CancellationTokens.IsSource(parameter.Type) || model.Is(parameter.Type, CatalogueRole.TokenCarrier))
        && !tool.IsOverride
        && !tool.GetAttributes().Any(attribute => attribute.AttributeClass is { } type && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.ToolAttribute && entry.Has("no-token")))
        && (tool.ContainingType is null || !tool.ContainingType.AllInterfaces.Any(i => i.GetMembers(tool.Name).Any(member => SymbolEqualityComparer.Default.Equals(tool.ContainingType.FindImplementationForInterfaceMember(member), tool))));
}
