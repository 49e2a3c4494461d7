using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Summaries;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>A lazy sequence of tasks that is enumerated more than once.</summary>
/// <param name="Local">The variable that holds it.</param>
/// <param name="Query">The expression that makes it.</param>
/// <param name="First">What starts its tasks.</param>
/// <param name="Second">What starts them again; the same place where it is gone through again.</param>
/// <param name="Work">The remote call that each task makes; null where none is known.</param>
internal sealed record DeferredTask(ILocalSymbol Local, ExpressionSyntax Query, Enumeration First, Enumeration Second, Effect? Work);

/// <summary>Finds sequences of tasks whose work starts again because they are lazy and enumerated more than once.</summary>
internal sealed class DeferredTasks(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    public IEnumerable<DeferredTask> In()
    {
        var seen = new HashSet<VariableDeclaratorSyntax>();
        foreach (var name in RemoteNames.Of(model, cancellation).In(semantics.SyntaxTree, cancellation))
            foreach (var variable in DeclarationsAround(name))
                if (seen.Add(variable) && Of(variable) is { } found)
                    yield return found;
    }

    private DeferredTask? Of(VariableDeclaratorSyntax variable) =>
        variable.Initializer is { Value: InvocationExpressionSyntax or QueryExpressionSyntax } initializer
        && semantics.GetDeclaredSymbol(variable, cancellation) is ILocalSymbol local && LazyTasks.IsSequence(local.Type)
        && semantics.GetOperation(initializer.Value, cancellation) is { } query
        && LazyTasks.Of(model).At(query, cancellation) is { } lazy
        && new Enumerations(model, semantics, cancellation) is var enumerations
        && enumerations.Repeated(enumerations.Of(local, query), variable) is var (first, second)
            ? new DeferredTask(local, initializer.Value, first, second, WorkOf(lazy.Start))
            : null;

    // var tasks = items.Select(item => model.AskAsync(item));
    private static IEnumerable<VariableDeclaratorSyntax> DeclarationsAround(SyntaxNode name)
    {
        for (var node = name.Parent; node is not (null or MemberDeclarationSyntax); node = node.Parent)
            if (node is VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax } variable)
                yield return variable;
    }

    private Effect? WorkOf(IOperation start)
    {
        var effects = start switch
        {
            IAnonymousFunctionOperation lambda => EffectSummaries.Of(model).Of(lambda.Body, depth, cancellation).Effects,
            IMethodReferenceOperation { Method: var method } =>
                EffectSummaries.Of(model).Of(CallGraph.Of(model).Resolve(method) ?? method, depth, cancellation).Effects,
            _ => EffectSummaries.Of(model).Of(start, depth, cancellation).Effects,
        };
        return effects.FirstOrDefault(effect => effect.Entry.IsRemoteCall() && !effect.Entry.Has("blocking"));
    }
}
