using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>
/// Methods of a program that run their delegate in a scope of their own: they make a scope of what is given to them. Asked for one file, which
/// follows what the file hands over, and nothing else.
/// </summary>
internal sealed class RetryHelpers
{
    // Helpers that hand their delegate on to helpers.
    private const int MaxHandOvers = 8;

    private readonly Func<SyntaxTree, IReadOnlyList<RetryRegion>> own;
    private readonly List<RetryRegion> handedOver = [];
    private readonly HashSet<IMethodSymbol> methods = new(SymbolEqualityComparer.Default);
    private readonly List<HandOver> calls = [];
    private readonly List<RetryRegion> scopes = [];

    private RetryHelpers(Func<SyntaxTree, IReadOnlyList<RetryRegion>> own) => this.own = own;

    /// <summary>The scopes that a file makes of what it hands over.</summary>
    /// <param name="tree">The file.</param>
    /// <param name="own">The scopes that a file has by itself.</param>
    /// <param name="model">The program.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public static IEnumerable<RetryRegion> In(SyntaxTree tree, Func<SyntaxTree, IReadOnlyList<RetryRegion>> own, AgentModel model, CancellationToken cancellation)
    {
        var helpers = new RetryHelpers(own);
        helpers.Follow(FunctionTakers.Of(model).CallsIn(tree, cancellation), model, cancellation);
        var known = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        IReadOnlyList<RetryRegion> fresh = helpers.scopes;
        for (var round = 0; fresh.Count > 0 && round < MaxHandOvers; round++)
            fresh = helpers.HandOver(ParametersIn(fresh, known));
        return helpers.handedOver.Where(scope => scope.Body.SyntaxTree == tree);
    }

    // What is handed over, and what the methods that take it hand on in turn.
    private void Follow(IReadOnlyList<HandOver> from, AgentModel model, CancellationToken cancellation)
    {
        calls.AddRange(from);
        for (var i = 0; i < calls.Count; i++)
            if (methods.Add(calls[i].Target))
                foreach (var body in calls[i].Target.DeclaringSyntaxReferences)
                {
                    scopes.AddRange(own(body.SyntaxTree).Where(scope => body.Span.Contains(scope.Body.Span)));
                    if (body.SyntaxTree != from[0].Name.SyntaxTree)
                        calls.AddRange(FunctionTakers.Of(model).CallsIn(body.SyntaxTree, cancellation).Where(call => body.Span.Contains(call.Name.Span)));
                }
    }

    // The parameters of methods that are not known yet, each with the scope that runs it.
    private static ILookup<ISymbol, (IParameterSymbol Parameter, RetryRegion Scope)> ParametersIn(IEnumerable<RetryRegion> scopes, HashSet<ISymbol> known) =>
        (from scope in scopes
         from reference in scope.Work.DescendantsAndSelf().OfType<IParameterReferenceOperation>()
         where reference.Parameter is { Type.TypeKind: TypeKind.Delegate, ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary } } && known.Add(reference.Parameter.OriginalDefinition)
         select (Parameter: reference.Parameter.OriginalDefinition, Scope: scope))
        .ToLookup(run => (ISymbol)((IMethodSymbol)run.Parameter.ContainingSymbol).Implementation(), SymbolEqualityComparer.Default);

    private List<RetryRegion> HandOver(ILookup<ISymbol, (IParameterSymbol Parameter, RetryRegion Scope)> parameters)
    {
        var made = new List<RetryRegion>();
        foreach (var call in calls)
            foreach (var (parameter, scope) in parameters[call.Target])
                if (call.Call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == parameter.Ordinal) is { IsImplicit: false, Value: var work })
                {
                    var layers = RetryRegions.Around(scope.Body, ScopesIn(scope.Body.SyntaxTree)).Where(around => around != scope).SelectMany(around => around.Layers);
                    made.Add(new RetryRegion(call.Name.GetLocation(), work.Syntax, work, [.. layers, .. scope.Layers]) { SeesResults = scope.SeesResults });
                    if (ScopesIn(work.Syntax.SyntaxTree).All(known => known.Body != work.Syntax))
                        handedOver.Add(made[made.Count - 1]);
                }

        return made;
    }

    private IEnumerable<RetryRegion> ScopesIn(SyntaxTree tree) => own(tree).Concat(handedOver.Where(scope => scope.Body.SyntaxTree == tree));
}
