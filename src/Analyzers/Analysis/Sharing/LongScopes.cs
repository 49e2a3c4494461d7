using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>A context of one unit of work that all iterations of an endless loop use.</summary>
/// <param name="Service">The context, or the service that holds it.</param>
/// <param name="Made">Where it is asked for or created.</param>
/// <param name="Use">Its first use in the loop.</param>
internal sealed record LongScope(INamedTypeSymbol Service, SyntaxNode Made, SyntaxNode Use);

/// <summary>
/// Finds contexts that are taken once, before a loop that runs as long as the program, and used in each of its iterations. One that the loop takes anew, or that
/// forgets what it has loaded, is not one of them; neither is one that is only asked for what it does not keep.
/// </summary>
internal sealed class LongScopes(AgentModel model)
{
    private readonly CatalogueQuery asked = model.Query(entry => entry.Role is CatalogueRole.ServiceLookup or CatalogueRole.ContextFactory);

    public static LongScopes Of(AgentModel model) => model.Shared(m => new LongScopes(m));

    /// <summary>The first context of each such loop in one file, in the order of the text.</summary>
    public IEnumerable<LongScope> In(SemanticModel semantics, CancellationToken cancellation)
    {
        // Several services of one scope are one fault.
        var loops = new HashSet<SyntaxNode>();
        foreach (var use in asked.In(semantics.SyntaxTree, cancellation, where: name => LocalOf(name) is { } variable && LoopsAfter(variable).Any()))
            if (LocalOf(use.Name) is { } variable
                && semantics.GetDeclaredSymbol(variable, cancellation) is ILocalSymbol { Type: INamedTypeSymbol type } local
                && new ScopedContexts(model, cancellation) is var contexts
                && (use.Entry.Role == CatalogueRole.ContextFactory ? contexts.IsKind(type) : contexts.AreBehind(type))
                && !ForgetsWhatItLoaded(variable)
                && LoopsAfter(variable).FirstOrDefault(loop => IsEndless(loop, semantics, cancellation)) is { } endless && !loops.Contains(endless)
                && FirstUse(endless, local, semantics, cancellation) is { } first
                && loops.Add(endless))
                yield return new LongScope(type, use.Name, first);
    }

    // var db = scope.ServiceProvider.GetRequiredService<Db>(), await factory.CreateDbContextAsync()
    private static VariableDeclaratorSyntax? LocalOf(SimpleNameSyntax name) =>
        name.FirstAncestorOrSelf<SyntaxNode>(node => node is VariableDeclaratorSyntax or StatementSyntax or AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax)
            is VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax or UsingStatementSyntax } variable
                ? variable
                : null;

    // The loops of the same function that begin where the variable has its value.
    private static IEnumerable<StatementSyntax> LoopsAfter(VariableDeclaratorSyntax variable)
    {
        if (FlowGraphs.FunctionAround(variable) is not { } function)
            return [];
        return function.DescendantNodes().OfType<StatementSyntax>().Where(loop =>
            loop is WhileStatementSyntax or ForStatementSyntax { Condition: null } or ForEachStatementSyntax { AwaitKeyword.RawKind: not 0 }
            && loop.SpanStart > variable.Span.End
            && FlowGraphs.FunctionAround(loop) == function
            && loop.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == variable.Identifier.ValueText));
    }

    // A way out of the loop that no cancellation leads to ends it when its work is done.
    private bool IsEndless(StatementSyntax loop, SemanticModel semantics, CancellationToken cancellation) =>
        semantics.GetOperation(loop, cancellation) is ILoopOperation operation && ServiceLoops.Of(model).WaitsForWork(operation)
        && !loop.DescendantNodes().Any(node => node is BreakStatementSyntax or ReturnStatementSyntax or GotoStatementSyntax
            && FlowGraphs.FunctionAround(node) == FlowGraphs.FunctionAround(loop) && IsWayOut(node, loop) && !IsOfCancellation(node, loop));

    private static bool IsWayOut(SyntaxNode jump, SyntaxNode loop) =>
        jump is not BreakStatementSyntax
        || jump.FirstAncestorOrSelf<SyntaxNode>(node => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or SwitchSectionSyntax) == loop;

    private static bool IsOfCancellation(SyntaxNode jump, SyntaxNode loop) => jump.Ancestors().TakeWhile(node => node != loop).Any(node => node switch
    {
        CatchClauseSyntax handler => handler.Declaration?.Type.ToString().EndsWith("CanceledException", StringComparison.Ordinal) == true || Mentions(handler.Filter),
        IfStatementSyntax choice => Mentions(choice.Condition),
        _ => false,
    });

    private static bool Mentions(SyntaxNode? condition) =>
        condition?.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(name => name.Identifier.ValueText is "IsCancellationRequested" or "OperationCanceledException" or "TaskCanceledException") == true;

    // db.ChangeTracker.Clear(); and questions alone, with AsNoTracking().
    private static bool ForgetsWhatItLoaded(SyntaxNode variable)
    {
        if (variable.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type)
            return false;
        var names = type.DescendantNodes().OfType<SimpleNameSyntax>().Select(name => name.Identifier.ValueText).ToList();
        return names.Contains("ChangeTracker")
            || (names.Contains("AsNoTracking") && !names.Any(name => name.StartsWith("SaveChanges", StringComparison.Ordinal)));
    }

    private static SyntaxNode? FirstUse(SyntaxNode loop, ILocalSymbol local, SemanticModel semantics, CancellationToken cancellation)
    {
        var uses = loop.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.ValueText == local.Name && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol, local)).ToList();
        return uses.Any(use => use.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } taken && taken.Left == use) ? null : uses.FirstOrDefault();
    }
}
