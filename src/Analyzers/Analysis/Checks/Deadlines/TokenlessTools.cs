using System.Collections.Immutable;
using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Deadlines;

/// <summary>A tool, or a handler of requests, that cannot be told that its caller has given up.</summary>
/// <param name="Tool">The tool or handler.</param>
/// <param name="IsTool">Whether a model calls it.</param>
/// <param name="Node">Its declaration, or the lambda.</param>
/// <param name="Site">Its name, or the lambda's parameter list.</param>
/// <param name="AllWork">The remote calls that it waits for and that could be cancelled, nearest first; at least one.</param>
internal sealed record TokenlessTool(IMethodSymbol Tool, bool IsTool, SyntaxNode Node, Location Site, ImmutableArray<Effect> AllWork)
{
    /// <summary>The work that a report names: the first call that asks a model or an agent, else the first.</summary>
    public Effect Work => AllWork.FirstOrDefault(effect => effect.Entry.AsksModelOrAgent()) ?? AllWork[0];
}

/// <summary>
/// Finds the tools of a file that wait for remote work which could be cancelled, and the handlers of requests that wait for a model or an agent, which
/// take no token. The frameworks fill a parameter of that type themselves: neither models nor clients see it.
/// </summary>
internal sealed class TokenlessTools(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly TokenSupply supply = new(model, cancellation);

    public IEnumerable<TokenlessTool> In()
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var name in RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation))
            for (SyntaxNode? node = name; node != null; node = node.Parent)
                if (node is MethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax && seen.Add(node) && At(node) is { } found)
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
        var summary = tool.MethodKind == MethodKind.AnonymousFunction
            ? semantics.GetOperation(node, cancellation) is IAnonymousFunctionOperation function ? EffectSummaries.Of(model).Of(function.Body, depth, cancellation) : null
            : EffectSummaries.Of(model).Of(tool, depth, cancellation);
        ImmutableArray<Effect> work = summary == null ? [] : [.. summary.Effects.Where(effect => (isTool ? effect.Entry.IsRemoteCall() : effect.Entry.AsksModelOrAgent() && !HasContext(effect)) && !effect.Entry.Has("blocking") && !effect.Entry.Has("continues") && CouldBeCancelled(effect.Witness))];
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

    // An expression-bodied or asynchronous function: by the text, so that nothing else is bound.
    private static bool MayWait(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax { ReturnType: var type } => type is not PredefinedTypeSyntax,
        LocalFunctionStatementSyntax { ReturnType: var type } => type is not PredefinedTypeSyntax,
        _ => true,
    };

    // What a controller asks itself can be given the token of its context: AGL0301.
    private bool HasContext(Effect effect) =>
        effect.Witness.Steps.Length == 1
        && model.SemanticsOf(effect.Witness.Steps[0].Site.SyntaxTree).GetOperation(effect.Witness.Steps[0].Site, cancellation) is { } call
        && new TokenScopes(model, model.SemanticsOf(effect.Witness.Steps[0].Site.SyntaxTree), cancellation).At(call) != null;

    // What it has to look like is not for others to say, and no parameter of it carries a token.
    private bool MayTakeToken(IMethodSymbol tool) =>
        !tool.Parameters.Any(parameter => CancellationTokens.IsTokenOrNullable(parameter.Type) || CancellationTokens.IsSource(parameter.Type) || model.Is(parameter.Type, CatalogueRole.TokenCarrier))
        && !tool.IsOverride
        && !tool.GetAttributes().Any(attribute => attribute.AttributeClass is { } type && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.ToolAttribute && entry.Has("no-token")))
        && (tool.ContainingType is null || !tool.ContainingType.AllInterfaces.Any(i => i.GetMembers(tool.Name).Any(member => SymbolEqualityComparer.Default.Equals(tool.ContainingType.FindImplementationForInterfaceMember(member), tool))));

    // No call on the way has a token already, and the last one takes one.
    private bool CouldBeCancelled(Witness path)
    {
        IInvocationOperation? last = null;
        foreach (var step in path.Steps)
        {
            if (model.SemanticsOf(step.Site.SyntaxTree).GetOperation(step.Site, cancellation) is not IInvocationOperation call || supply.IsGiven(call) || TokenScopes.IsDetached(call))
                return false;
            last = call;
        }

        return last != null && supply.WayOf(last) != TokenWay.None;
    }
}
