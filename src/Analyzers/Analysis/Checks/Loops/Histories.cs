using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.Loops;

/// <summary>Finds conversations that grow in loops without a last turn, or in objects that live as long as the program.</summary>
internal sealed class Histories(AgentModel model)
{
    private readonly NameSet names = new(model.Catalogue.Of(CatalogueRole.Session).Select(entry => SimpleName(entry["of"] ?? entry.Type)));
    private readonly CatalogueQuery reducers = model.Query(entry => entry.Role == CatalogueRole.HistoryReducer && entry.Has("client"));
    private object? isReduced;

    public static Histories Of(AgentModel model) => model.Shared(m => new Histories(m));

    /// <summary>The unbounded histories of a file, by where they grow, in the order of the text.</summary>
    /// <param name="semantics">The file.</param>
    /// <param name="depth">How many calls are followed to what is remote.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public IEnumerable<UnboundedHistory> In(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        var uses = new HistoryUses(model, cancellation);
        var found = new List<UnboundedHistory>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var cycle in Cycles.Of(model).In(semantics.SyntaxTree, depth, cancellation))
            if (GoesOn(cycle, semantics, cancellation))
                foreach (var variable in VariablesIn(cycle.Syntax, uses, semantics, cancellation))
                    if (!seen.Contains(variable) && InLoop(variable, cycle, uses, cancellation) is { } history && seen.Add(variable))
                        found.Add(history);
        foreach (var variable in LongLived(semantics, uses, cancellation))
            if (!seen.Contains(variable) && InObject(variable, semantics, uses, cancellation) is { } history && seen.Add(variable))
                found.Add(history);
        return found.Count > 0 && IsReduced(cancellation) ? [] : found.OrderBy(history => history.Growth.SpanStart);
    }

    // ---- Loops -------------------------------------------------------------------------------------------------------------

    // Where only an answer ends a loop, that is what has to be mended. A test's conversation is written down beforehand.
    private bool GoesOn(Cycle cycle, SemanticModel semantics, CancellationToken cancellation)
    {
        if (cycle.Shape != CycleShape.Loop || cycle is { Kind: CycleKind.AgentLoop, Unguarded: not null } || !cycle.Calls.Any(call => call.Asks))
            return false;
        var ways = cycle.Paths.Where(path => path.Has(PathFacts.Asked)).ToList();
        return (ways.Any(way => way.Guard is { Kind: GuardKind.Human or GuardKind.Arrival })
                || (cycle.Unguarded == null && ways.Any(way => way.Guard == null) && LoopEnds.IsEndless(cycle.Syntax, semantics, cancellation)))
            && !LoopEnds.IsLimited(cycle.Syntax, semantics, cancellation)
            && !CodePlace.IsOfTests(CodePlace.Of(cycle.Syntax, semantics, model, cancellation).Member, model, cancellation);
    }

    private static IEnumerable<ISymbol> VariablesIn(SyntaxNode loop, HistoryUses uses, SemanticModel semantics, CancellationToken cancellation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var found = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var name in loop.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (names.Add(name.Identifier.ValueText) && semantics.GetSymbolInfo(name, cancellation).Symbol is { } symbol && uses.IsHistory(TypeOf(symbol)) && found.Add(symbol))
                yield return symbol;
    }

    private UnboundedHistory? InLoop(ISymbol variable, Cycle cycle, HistoryUses uses, CancellationToken cancellation)
    {
        if (ScopeOf(variable, cancellation) is not { IsEmpty: false } scope || variable.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == cycle.Syntax.SyntaxTree && cycle.Syntax.Span.Contains(r.Span)))
            return null;
        var all = uses.Of(variable, scope);
        var isLocal = variable is ILocalSymbol or IParameterSymbol;
        if (all.Any(use => use.Has(HistoryEffect.MayShorten) || (use.Has(HistoryEffect.Replaced) && !(isLocal ? IsBefore(use.Site, cycle) : IsInConstructor(use.Site)))))
            return null;
        var turn = all.Where(use => cycle.Syntax.Span.Contains(use.Site.Span) && FlowGraphs.FunctionAround(use.Site) == cycle.Function).ToList();
        return turn.FirstOrDefault(use => use.Has(HistoryEffect.Asks)) is { Model: { } asked } asking
            && turn.FirstOrDefault(use => use.Has(HistoryEffect.Grows) && !Leaves(use.Site, cycle.Syntax)) is { Site: InvocationExpressionSyntax growth }
                ? new UnboundedHistory(variable, growth, asking.Site, asked, cycle.Syntax)
                : null;
    }

    private static bool IsBefore(SyntaxNode site, Cycle cycle) => FlowGraphs.FunctionAround(site) == cycle.Function && !cycle.Syntax.Span.Contains(site.Span);

    // What is added before the loop is left is added once.
    private static bool Leaves(SyntaxNode growth, SyntaxNode loop)
    {
        for (var node = growth; node != loop && node.Parent is { } parent; node = parent)
        {
            var last = parent switch
            {
                BlockSyntax block => block.Statements.Last(),
                SwitchSectionSyntax section => section.Statements.Last(),
                _ => null,
            };
            if (last is ReturnStatementSyntax or ThrowStatementSyntax || (last is BreakStatementSyntax && parent is BlockSyntax && LoopEnds.Ends(last) == loop))
                return true;
        }

        return false;
    }

    // ---- Objects that stay -------------------------------------------------------------------------------------------------

    private IEnumerable<ISymbol> LongLived(SemanticModel semantics, HistoryUses uses, CancellationToken cancellation)
    {
        if (!NameIndex.Of(semantics.SyntaxTree, cancellation).MentionsAny(names))
            yield break;
        var done = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var declaration in semantics.SyntaxTree.GetRoot(cancellation).Declarations().OfType<TypeDeclarationSyntax>())
            if (semantics.GetDeclaredSymbol(declaration, cancellation) is { } type && done.Add(type))
                foreach (var member in type.GetMembers())
                    if (member is IFieldSymbol { IsImplicitlyDeclared: false } or IPropertySymbol && uses.IsHistory(TypeOf(member)) && Stays(member, cancellation))
                        yield return member;
    }

    // The fields of a program's own class live as long as one run, which a loop tells more of.
    private bool Stays(ISymbol member, CancellationToken cancellation)
    {
        var type = member.ContainingType;
        if (CodePlace.IsOfTests(member, model, cancellation))
            return false;
        if (member.IsStatic)
            return !SymbolEqualityComparer.Default.Equals(model.Compilation.GetEntryPoint(cancellation)?.ContainingType, type)
                && !Mutability.IsOfThread(member);
        var registered = model.ServiceRegistrations(cancellation).Where(service => SymbolEqualityComparer.Default.Equals(service.Implementation?.OriginalDefinition, type.OriginalDefinition)).ToList();
        return registered.Count > 0 && registered.All(service => service.Lifetime == ServiceLifetime.Singleton);
    }

    private UnboundedHistory? InObject(ISymbol variable, SemanticModel semantics, HistoryUses uses, CancellationToken cancellation)
    {
        if (ScopeOf(variable, cancellation) is not { IsEmpty: false } scope)
            return null;
        var all = uses.Of(variable, scope);
        if (all.Any(use => use.Has(HistoryEffect.MayShorten) || (use.Has(HistoryEffect.Replaced) && !IsInConstructor(use.Site))))
            return null;
        return all.FirstOrDefault(use => use.Has(HistoryEffect.Asks)) is { Model: { } asked } asking
            && all.FirstOrDefault(use => use.Has(HistoryEffect.Grows) && use.Site.SyntaxTree == semantics.SyntaxTree && !IsInConstructor(use.Site)) is { Site: InvocationExpressionSyntax growth }
            && FlowGraphs.FunctionAround(growth) is { } function
                ? new UnboundedHistory(variable, growth, asking.Site, asked, function)
                : null;
    }

    private static bool IsInConstructor(SyntaxNode site) => site.FirstAncestorOrSelf<MemberDeclarationSyntax>() is ConstructorDeclarationSyntax or FieldDeclarationSyntax or PropertyDeclarationSyntax { Initializer: not null };

    // ---- Both --------------------------------------------------------------------------------------------------------------

    // All code that can use a variable; none where others can.
    private ImmutableArray<SyntaxNode> ScopeOf(ISymbol variable, CancellationToken cancellation)
    {
        switch (variable)
        {
            case ILocalSymbol or IParameterSymbol { RefKind: RefKind.None, ContainingSymbol: not IMethodSymbol { MethodKind: MethodKind.Constructor } }:
                return [.. variable.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).Select(MemberAround).OfType<SyntaxNode>()];
            case IFieldSymbol or IPropertySymbol { SetMethod: null or { DeclaredAccessibility: Accessibility.Private } } when variable.DeclaredAccessibility == Accessibility.Private && model.Declares(variable):
                var outermost = variable.ContainingType;
                // What contains a type sees its private members.
                while (outermost.ContainingType is { } outer)
                    outermost = outer;
                return [.. outermost.DeclaringSyntaxReferences.Where(r => model.Compilation.ContainsSyntaxTree(r.SyntaxTree)).Select(r => r.GetSyntax(cancellation))];
            default:
                return [];
        }
    }

    private static SyntaxNode? MemberAround(SyntaxNode declaration) =>
        declaration.FirstAncestorOrSelf<SyntaxNode>(node => node is MemberDeclarationSyntax and not GlobalStatementSyntax or CompilationUnitSyntax);

    // A client that shortens what it sends does so whatever it is given.
    private bool IsReduced(CancellationToken cancellation)
    {
        if (Volatile.Read(ref isReduced) is not bool known)
            Volatile.Write(ref isReduced, known = model.Compilation.SyntaxTrees.Any(tree => reducers.In(tree, cancellation).Any()));
        return known;
    }

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol { IsIndexer: false } property => property.Type,
        _ => null,
    };

    private static string SimpleName(string type) => type.Substring(type.LastIndexOfAny(['.', '+']) + 1).Split('`')[0];
}
