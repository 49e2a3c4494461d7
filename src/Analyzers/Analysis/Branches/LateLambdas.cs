using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Branches;

/// <summary>An asynchronous lambda that nobody waits for: it is given to a call as a delegate that returns nothing.</summary>
/// <param name="Lambda">The lambda.</param>
/// <param name="Call">The call or creation that it is given to.</param>
/// <param name="RunsNow">Whether the call runs it before it returns, as far as its first await.</param>
/// <param name="Remote">The way to the remote work that goes on by itself; null where it does none.</param>
/// <param name="Changed">The variable that it changes when others may have read it; null where there is none.</param>
/// <param name="Change">Where it does so.</param>
internal sealed record LateLambda(IAnonymousFunctionOperation Lambda, IOperation Call, bool RunsNow, Witness? Remote, ILocalSymbol? Changed, IOperation? Change)
{
    public IMethodSymbol Target => Call is IInvocationOperation call ? call.TargetMethod : ((IObjectCreationOperation)Call).Constructor!;
}

/// <summary>Finds asynchronous lambdas that are bound to a delegate without a task.</summary>
internal sealed class LateLambdas(AgentModel model)
{
    private readonly ImmutableHashSet<string> makers = [.. model.Catalogue.Of(CatalogueRole.RunsLater).Where(entry => entry.Members.Contains(".ctor")).Select(entry => entry.SimpleTypeName.Split('`')[0])];

    // What keeps its delegates for later may stand anywhere in an expression.
    private readonly ImmutableHashSet<string> keepers = [.. model.Catalogue.Of(CatalogueRole.RunsLater).SelectMany(entry => entry.Members)];

    public static LateLambdas Of(AgentModel model) => model.Shared(m => new LateLambdas(m));

    /// <summary>Those in one file that do remote work, or change what others read, in the order of the text.</summary>
    public IEnumerable<LateLambda> In(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        foreach (var syntax in CandidatesIn(semantics.SyntaxTree, cancellation))
            if (semantics.GetOperation(syntax, cancellation) is IAnonymousFunctionOperation { Symbol: { IsAsync: true, ReturnsVoid: true } } lambda
                && ArgumentOf(lambda) is { Parent: IInvocationOperation or IObjectCreationOperation { Constructor: not null } } argument
                && !IsEventHandler(argument.Parameter?.Type))
            {
                var call = argument.Parent!;
                var runsNow = CallGraph.Of(model).RunsNow(lambda, cancellation);
                var target = call is IInvocationOperation invocation ? invocation.TargetMethod : ((IObjectCreationOperation)call).Constructor!;
                if (!runsNow && model.Find(target, CatalogueRole.RunsLater) == null)
                    continue;
                var (changed, change) = ChangeIn(lambda, call, cancellation);
                // Who catches what can fail has thought of it; a loop that has gone on is not helped by that.
                var remote = changed != null || (!runsNow && OwnFailures.Of(model).AreHandledIn(lambda.Body, cancellation)) ? null
                    : EffectSummaries.Of(model).Of(lambda.Body, depth, cancellation).Effects.FirstOrDefault(effect => effect.Entry.IsRemoteCall() && !effect.Entry.Has("blocking"))?.Witness;
                if (remote != null || changed != null)
                    yield return new LateLambda(lambda, call, runsNow, remote, changed, change);
            }
    }

    // As far as the text shows it: an argument of a call that is a statement, or of something that runs what it is given later.
    private IEnumerable<AnonymousFunctionExpressionSyntax> CandidatesIn(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        if (!index.Mentions("async"))
            yield break;
        var root = tree.GetRoot(cancellation);
        foreach (var position in index.PositionsOf("async"))
            if (root.FindToken(position) is { RawKind: (int)SyntaxKind.AsyncKeyword, Parent: AnonymousFunctionExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: var call } } lambda } token
                && token.SpanStart == position
                && call switch
                {
                    InvocationExpressionSyntax invocation => IsUnawaited(call) || keepers.Contains(NameOf(invocation.Expression)),
                    ImplicitObjectCreationExpressionSyntax => true,
                    ObjectCreationExpressionSyntax creation => creation.Type is SimpleNameSyntax or QualifiedNameSyntax && makers.Contains((creation.Type as SimpleNameSyntax ?? ((QualifiedNameSyntax)creation.Type).Right).Identifier.ValueText),
                    _ => false,
                })
                yield return lambda;
    }

    private static string NameOf(ExpressionSyntax called) => called switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        _ => "",
    };

    private static bool IsUnawaited(SyntaxNode call) => call.Parent switch
    {
        ExpressionStatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax or EqualsValueClauseSyntax => true,
        AssignmentExpressionSyntax assignment => assignment.Right == call,
        ConditionalAccessExpressionSyntax access => IsUnawaited(access),
        _ => false,
    };

    private static IArgumentOperation? ArgumentOf(IOperation function)
    {
        var argument = function.Parent;
        while (argument is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            argument = argument.Parent;
        return argument as IArgumentOperation;
    }

    // (sender, e) => …: nobody waits for handlers of events, by design.
    private static bool IsEventHandler(ITypeSymbol? type) =>
        type is INamedTypeSymbol { DelegateInvokeMethod.Parameters: { Length: 2 } parameters } && parameters[0].Type.SpecialType == SpecialType.System_Object && Derives(parameters[1].Type, "EventArgs");

    private static bool Derives(ITypeSymbol? type, string name)
    {
        for (; type != null; type = type.BaseType)
            if (type.Name == name)
                return true;
        return false;
    }

    // What the lambda sets or changes after an await, and the code after the call reads.
    private (ILocalSymbol? Variable, IOperation? Change) ChangeIn(IAnonymousFunctionOperation lambda, IOperation call, CancellationToken cancellation)
    {
        var member = BranchFrame.MemberAround(call.Syntax);
        var reader = new SharedChanges(model, cancellation);
        foreach (var step in new BranchWalk(model, cancellation).Of(member, new Branch(lambda, lambda.Syntax, false)))
            if (step.IsApart
                && ((step.Operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } ? step.Frame.VariableOf(target, cancellation) : reader.At(step)?.Path) is { Root: ILocalSymbol local })
                && IsReadAfter(local, lambda, call))
                return (local, step.Operation);
        return default;
    }

    private static bool IsReadAfter(ILocalSymbol local, IAnonymousFunctionOperation lambda, IOperation call) =>
        call.Top().Descendants().Any(operation => operation is ILocalReferenceOperation reference
            && SymbolEqualityComparer.Default.Equals(reference.Local, local)
            && reference.Syntax.SpanStart > call.Syntax.Span.End
            && !(reference.Parent is ISimpleAssignmentOperation assignment && assignment.Target == reference)
            && !lambda.Syntax.Span.Contains(reference.Syntax.Span));
}
