using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Analysis.Summaries;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Deadlines;

/// <summary>
/// Finds the remote work of a file that goes on after its caller has given up: a token is in scope, the call could be given it, and is not.
/// Cheap and local calls do not count, and neither does what completes work that has been done already.
/// </summary>
internal sealed class DroppedTokens(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly TokenScopes scopes = new(model, semantics, cancellation);
    private readonly TokenSupply supply = new(model, cancellation);
    private readonly ImmutableHashSet<string> carriers = CarriersOf(model);
    private readonly bool hasContexts = model.Catalogue.Of(CatalogueRole.TokenCarrier).Any(model.IsPresent);
    private readonly BodyReads reads = new(semantics, new TokenSupply(model, cancellation), cancellation);
    private readonly ModelRequests requests = ModelRequests.Of(model);

    /// <summary>The functions of the file that drop their token, in the order of their first such call.</summary>
    public IEnumerable<DroppedToken> In()
    {
        var found = new List<(ScopedToken Token, List<TokenlessCall> Calls)>();
        foreach (var name in RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!MayHaveToken(name) || semantics.OperationOf(name, cancellation) is not IInvocationOperation call || scopes.At(call) is not { } token || IsBlockedOn(call))
                continue;
            foreach (var read in BodiesOf(call, token))
                Add(token, read);
            // What a request carries is worth passing on where the work takes long, and the handler can pass it without asking other types.
            if ((supply.IsGiven(call) ? OfAnother(name, call, token) : At(name, call, token)) is { } tokenless && (token.Origin == TokenOrigin.Parameter || tokenless is { AsksModel: true, IsProven: true }))
                Add(token, tokenless);
        }

        foreach (var (token, calls) in found)
        {
            var isNeverUsed = token.Origin == TokenOrigin.Parameter && !IsUsed(token);
            // What no call here can take is a fault of the function where it promises to listen and never does, or where a model is asked without it.
            var counting = isNeverUsed ? calls : calls.Where(call => !call.HasAnother).ToList();
            if (!isNeverUsed && !counting.Any(call => call.IsProven))
                counting = counting.Where(call => call.AsksModel).ToList();
            if (counting.Count > 0)
                yield return new DroppedToken(token, [.. counting], isNeverUsed) { IsGivenFromOutside = IsGivenFromOutside(token) };
        }

        void Add(ScopedToken token, TokenlessCall call)
        {
            var known = found.FirstOrDefault(f => f.Token.Owner == token.Owner);
            if (known.Calls == null)
                found.Add((token, [call]));
            else
                known.Calls.Add(call);
        }
    }

    // The headers came under the client's time limit; the body comes as slowly as the other side sends it.
    private IEnumerable<TokenlessCall> BodiesOf(IInvocationOperation call, ScopedToken token)
    {
        if (token.Origin == TokenOrigin.Parameter && model.EntriesOf(call.TargetMethod).FirstOrDefault(entry => entry.IsRemoteCall() && !entry.Has("blocking")) is { } remote)
            foreach (var read in reads.After(call))
                if (scopes.At(read)?.Owner == token.Owner && read.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } })
                    yield return Made(name, remote, new Witness([new Call(read.TargetMethod, null, read.Syntax)]), isProven: true);
    }

    private TokenlessCall Made(SimpleNameSyntax name, CatalogueEntry entry, Witness path, bool isProven) =>
        new(name, entry, path, isProven, requests.Asks(new Effect(entry, path)));

    // A call that ends with a token which the type keeps: the one that the function was given ends nothing.
    private TokenlessCall? OfAnother(SimpleNameSyntax name, IInvocationOperation call, ScopedToken token) =>
        token is { Origin: TokenOrigin.Parameter, Owner: MethodDeclarationSyntax or LocalFunctionStatementSyntax }
        && model.EntriesOf(call.TargetMethod).FirstOrDefault(entry => entry.IsRemoteCall() && !entry.Has("blocking")) is { } remote
        && call.Arguments.Any(argument => CancellationTokens.IsTokenOrNullable(argument.Parameter?.Type) && IsKept(argument.Value))
            ? Made(name, remote, new Witness([new Call(call.TargetMethod, null, call.Syntax)]), isProven: true) with { HasAnother = true }
            : null;

    private static bool IsKept(IOperation value) => value.Unwrap() switch
    {
        IInstanceReferenceOperation => true,
        IMemberReferenceOperation { Instance: { } instance } => IsKept(instance),
        _ => false,
    };

    private TokenlessCall? At(SimpleNameSyntax name, IInvocationOperation call, ScopedToken token)
    {
        var entries = model.EntriesOf(call.TargetMethod);
        if (entries.FirstOrDefault(entry => entry.IsRemoteCall()) is { } remote)
            return IsDropped(call, remote, token) ? Made(name, remote, new Witness([new Call(call.TargetMethod, null, call.Syntax)]), isProven: true) : null;
        if (entries.Any(entry => entry.Role == CatalogueRole.ResilientExecute || (entry.Role == CatalogueRole.RunsDelegate && entry.Has("concurrent"))))
            return OfDelegate(name, call, token);
        return entries.IsEmpty ? OfHelper(name, call) : null;
    }

    // call.Result, call.GetAwaiter().GetResult(): what mends that awaits the call, and passes the token.
    private bool IsBlockedOn(IOperation call)
    {
        for (var operation = call; operation.Parent is { } parent; operation = parent)
            switch (parent)
            {
                case IPropertyReferenceOperation property:
                    return model.Find(property.Property, CatalogueRole.BlockingWait) != null;
                case IInvocationOperation next when next.Receiver() == operation:
                    if (model.Find(next.TargetMethod, CatalogueRole.BlockingWait) != null)
                        return true;
                    break;
                case IConversionOperation or IParenthesizedOperation:
                    break;
                default:
                    return false;
            }

        return false;
    }

    // ---- calls of libraries ----------------------------------------------------------------------------------------------

    private bool IsDropped(IInvocationOperation call, CatalogueEntry remote, ScopedToken token)
    {
        if (remote.Has("blocking") || remote.Has("continues") || supply.WayOf(call) == TokenWay.None || EmbeddedDatabases.Serves(call, model))
            return false;
        // 'default' fills a place; 'CancellationToken.None' says that nothing may end the call, and a write may well need that.
        if (TokenSupply.SaysNone(call) && !(remote.Answers() && token.Origin == TokenOrigin.Parameter && !IsNoneOnPurpose(call)))
            return false;
        return !IsLastWrite(call, token);
    }

    // A comment beside it, or a name that says it.
    private static bool IsNoneOnPurpose(IInvocationOperation call) =>
        call.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit && CancellationTokens.IsTokenOrNullable(argument.Parameter?.Type) && argument.Syntax.ToString().Contains("None"))
        || call.Syntax.FirstAncestorOrSelf<StatementSyntax>()?.GetLeadingTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)) == true;

    // What another write or an answer has begun is brought to an end: who stops between them leaves half of it.
    private bool IsLastWrite(IInvocationOperation call, ScopedToken token) =>
        IsWrite(call.TargetMethod)
        && token.Owner.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(before =>
            before.Span.End <= call.Syntax.SpanStart
            && semantics.GetSymbolInfo(before, cancellation).Symbol is IMethodSymbol method
            && model.EntriesOf(method) is { IsEmpty: false } entries
            && entries.Any(entry => entry.IsRemoteCall())
            && (entries.Any(entry => entry.Answers()) || IsWrite(method)));

    private bool IsWrite(IMethodSymbol method) => model.Find(method, CatalogueRole.Effect) is { } effect && effect["class"] != "by-sql";

    // ---- what runs a delegate --------------------------------------------------------------------------------------------

    // pipeline.ExecuteAsync(async inner => …): the token of the delegate is linked to the one that the pipeline is given, or to none.
    private TokenlessCall? OfDelegate(SimpleNameSyntax name, IInvocationOperation call, ScopedToken token)
    {
        if (supply.WayOf(call) == TokenWay.None)
            return null;
        foreach (var argument in call.Arguments)
            if (argument.Value.Unwrap() is IAnonymousFunctionOperation { Symbol: var lambda } function
                && lambda.Parameters.Any(parameter => CancellationTokens.IsToken(parameter.Type))
                && !Mentions(function.Syntax, token)
                && EffectSummaries.Of(model).Of(function, depth, cancellation).First(entry => entry.IsRemoteCall() && !entry.Has("blocking")) is { } effect)
                return Made(name, effect.Entry, effect.Witness.After(new Call(call.TargetMethod, null, call.Syntax)), isProven: true);
        return null;
    }

    // ---- functions of the program ----------------------------------------------------------------------------------------

    private TokenlessCall? OfHelper(SimpleNameSyntax name, IInvocationOperation call)
    {
        if ((!call.TargetMethod.ReturnType.IsTask() && !IsStream(call.TargetMethod.ReturnType)) || TokenSupply.SaysNone(call))
            return null;
        if (CallGraph.Of(model).Resolve(call.TargetMethod) is not { } resolved)
            return OfOneOfSeveral(name, call);
        if (resolved is not { MethodKind: not MethodKind.LocalFunction } helper || (!MethodBodies.HasSource(helper, model) && !ForeignFacts.Of(model).Know(helper, cancellation)))
            return null;
        var takes = supply.WayOf(call) is not TokenWay.None;
        var isProven = takes || IsOwn(call.TargetMethod, name);
        var first = new Call(call.TargetMethod, helper, call.Syntax);
        var dropping = EffectSummaries.Of(model).Of(helper, depth, cancellation).Effects.Where(effect =>
            effect.Entry.IsRemoteCall() && !effect.Entry.Has("blocking") && !effect.Entry.Has("continues")
            && (takes || (!IsWrite(effect.Witness.Target) && supply.IsTokenless(effect.Witness)))
            && !EmbeddedDatabases.Serve(effect, model, cancellation)).ToList();
        return ((isProven ? null : dropping.FirstOrDefault(requests.Asks)) ?? dropping.FirstOrDefault()) is { } found
            ? Made(name, found.Entry, found.Witness.After(first), isProven)
            : null;
    }

    // One of a few implementations runs: none of them can be given a token that the interface does not take.
    private TokenlessCall? OfOneOfSeveral(SimpleNameSyntax name, IInvocationOperation call) =>
        supply.WayOf(call) is TokenWay.None
        && EffectSummaries.Of(model).MayOf(call, depth, cancellation).Effects.FirstOrDefault(effect =>
            effect.Witness is { IsPossible: true, IsIndirect: true, Steps: var steps } && steps[0].Site == call.Syntax
            && effect.Entry.IsRemoteCall() && !effect.Entry.Has("blocking") && !effect.Entry.Has("continues")
            && requests.Asks(effect) && supply.IsTokenless(effect.Witness)) is { } found
            ? Made(name, found.Entry, found.Witness, isProven: false)
            : null;

    // A private function of the same type, which can be given the parameter without asking others.
    private bool IsOwn(IMethodSymbol helper, SyntaxNode place) =>
        helper is { DeclaredAccessibility: Accessibility.Private, IsVirtual: false, MethodKind: MethodKind.Ordinary }
        && SymbolEqualityComparer.Default.Equals(helper.ContainingType.OriginalDefinition, semantics.GetEnclosingSymbol(place.SpanStart, cancellation)?.ContainingType?.OriginalDefinition);

    private static bool IsStream(ITypeSymbol type) => type is INamedTypeSymbol { Name: "IAsyncEnumerable" };

    // ---- where the token comes from --------------------------------------------------------------------------------

    // Parallel.ForEachAsync(items, async (item, token) => …): the token ends with the one that the loop is given, or with the first failure.
    private bool IsGivenFromOutside(ScopedToken token)
    {
        if (token is { Owner: MethodDeclarationSyntax, Origin: TokenOrigin.Parameter, Variable: IParameterSymbol { ContainingSymbol: IMethodSymbol function } parameter })
            return IsGivenByCallers(function, parameter);
        if (token.Owner is not AnonymousFunctionExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax around } }
            || semantics.GetOperation(around, cancellation) is not IInvocationOperation loop
            || model.Find(loop.TargetMethod, CatalogueRole.RunsDelegate)?.Has("concurrent") != true)
            return true;
        foreach (var argument in loop.Arguments)
            if (CancellationTokens.IsTokenOrNullable(argument.Parameter?.Type))
                return argument.ArgumentKind == ArgumentKind.Explicit && !supply.IsOfIdleSource(argument.Value.Unwrap());
            else if (CancellationTokens.Carries(argument.Parameter?.Type))
                return Options(argument.Value).Any(set => CancellationTokens.IsToken(set.Target.Type) && !supply.IsOfIdleSource(set.Value.Unwrap()));
        return false;
    }

    // All callers that can be seen leave the token out: nothing in the program cancels it.
    private bool IsGivenByCallers(IMethodSymbol function, IParameterSymbol parameter)
    {
        if ((model.RolesOf(function, cancellation) & MethodRoles.Root) != 0)
            return true;
        var names = CallerIndex.Of(model, cancellation).NamesOf(function, cancellation)
            .Where(name => !function.DeclaringSyntaxReferences.Any(own => own.SyntaxTree == name.SyntaxTree && own.Span.Contains(name.Span))).ToList();
        return names.Count == 0 || names.Any(name => model.SemanticsOf(name.SyntaxTree).OperationOf(name, cancellation) is not IInvocationOperation call
            || call.Arguments.FirstOrDefault(argument => CancellationTokens.IsTokenOrNullable(argument.Parameter?.Type)) is not { } given
            || (given.ArgumentKind != ArgumentKind.DefaultValue && !CancellationTokens.IsNone(given.Value)));
    }

    // What is set on options: where they are made, and on the variable that keeps them.
    private IEnumerable<ISimpleAssignmentOperation> Options(IOperation value)
    {
        if (value.Unwrap() is not ILocalReferenceOperation { Local: var local } reference)
            return value.DescendantsAndSelf().OfType<ISimpleAssignmentOperation>();
        return (local.InitializerOf(semantics, cancellation)?.DescendantsAndSelf().OfType<ISimpleAssignmentOperation>() ?? [])
            .Concat(reference.Top().Descendants().OfType<ISimpleAssignmentOperation>().Where(set =>
                set.Target is IPropertyReferenceOperation { Instance: ILocalReferenceOperation { Local: var owner } } && SymbolEqualityComparer.Default.Equals(owner, local)));
    }

    // ---- text ---------------------------------------------------------------------------------------------------------------

    private static bool Mentions(SyntaxNode code, ScopedToken token) =>
        code.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == token.Variable.Name);

    private static bool IsUsed(ScopedToken token)
    {
        SyntaxNode? body = token.Owner switch
        {
            BaseMethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody,
            LocalFunctionStatementSyntax local => (SyntaxNode?)local.Body ?? local.ExpressionBody,
            AnonymousFunctionExpressionSyntax lambda => lambda.Body,
            _ => null,
        };
        return body == null || Mentions(body, token);
    }

    // Whether a function around a name is written with a token, with what carries one, or with parameters whose types are not written.
    private bool MayHaveToken(SyntaxNode name)
    {
        for (var node = name.Parent; node != null; node = node.Parent)
            switch (node)
            {
                case SimpleLambdaExpressionSyntax:
                    return true;
                case ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: var parameters } when parameters.Any(parameter => parameter.Type == null || IsTokenText(parameter.Type)):
                    return true;
                case LocalFunctionStatementSyntax { ParameterList.Parameters: var parameters } when parameters.Any(parameter => IsTokenText(parameter.Type)):
                    return true;
                case BaseMethodDeclarationSyntax { ParameterList.Parameters: var parameters, Parent: var type }:
                    return parameters.Any(parameter => IsTokenText(parameter.Type))
                        || (hasContexts && type is TypeDeclarationSyntax { BaseList: not null });
            }

        return false;
    }

    private bool IsTokenText(TypeSyntax? type) => type switch
    {
        NullableTypeSyntax nullable => IsTokenText(nullable.ElementType),
        QualifiedNameSyntax qualified => IsTokenText(qualified.Right),
        SimpleNameSyntax { Identifier.ValueText: var name } => name == "CancellationToken" || carriers.Contains(name),
        _ => false,
    };

    private static ImmutableHashSet<string> CarriersOf(AgentModel model) =>
        [.. model.Catalogue.Of(CatalogueRole.TokenCarrier).Select(entry => entry.SimpleTypeName.Split('`')[0])];
}
