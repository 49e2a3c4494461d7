using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Values;

/// <summary>Which tools a person is asked about before they run: by how they are registered, or by a filter before all functions.</summary>
internal sealed class ToolApprovals(AgentModel model)
{
    private HashSet<IMethodSymbol>? approved;
    private object? hasFilter;

    public static ToolApprovals Of(AgentModel model) => model.Shared(m => new ToolApprovals(m));

    /// <summary>Whether every registration that names a tool asks a person, or a filter does.</summary>
    public bool IsApproved(IMethodSymbol tool, CancellationToken cancellation) =>
        Approved(cancellation).Contains(tool.OriginalDefinition) || HasFilter(cancellation);

    /// <summary>
    /// Whether a registration makes its tool one that a person is asked about: <c>new ApprovalRequiredAIFunction(AIFunctionFactory.Create(…))</c>. Where
    /// such an object is made of a variable, it may be of any tool beside it.
    /// </summary>
    public bool IsApproved(RoleRegistration registration, CancellationToken cancellation)
    {
        foreach (var made in registration.Site.Ancestors().TakeWhile(node => node is not (StatementSyntax or MemberDeclarationSyntax))
            .OfType<BaseObjectCreationExpressionSyntax>())
            if (IsApproval(made, cancellation))
                return true;
        var function = registration.Site.FirstAncestorOrSelf<SyntaxNode>(node =>
            node is BaseMethodDeclarationSyntax or CompilationUnitSyntax or TypeDeclarationSyntax);
        return function?.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>()
            .Any(made => made.ArgumentList is { Arguments.Count: > 0 } list
                && list.Arguments[0].Expression is IdentifierNameSyntax or CastExpressionSyntax && IsApproval(made, cancellation)) == true;
    }

    /// <summary>Whether a filter of the program's own asks a person before functions run.</summary>
    public bool HasFilter(CancellationToken cancellation)
    {
        if (Volatile.Read(ref hasFilter) is not bool known)
            Volatile.Write(ref hasFilter, known = FindFilter(cancellation));
        return known;
    }

    private bool FindFilter(CancellationToken cancellation)
    {
        var names = model.Catalogue.Of(CatalogueRole.ApprovalFilter).Where(model.IsPresent).Select(entry => entry.SimpleTypeName).ToList();
        var knowledge = new TaintKnowledge(model);
        foreach (var tree in names.Count == 0 ? [] : model.Compilation.SyntaxTrees)
            foreach (var (name, type) in TypeTexts.Of(tree, cancellation).Derived)
                if (names.Contains(name))
                    foreach (var call in type.DescendantNodes().OfType<InvocationExpressionSyntax>())
                        if (model.SemanticsOf(tree).GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method
                            && knowledge.AsksPerson(method))
                            return true;
        return false;
    }

    private bool IsApproval(BaseObjectCreationExpressionSyntax made, CancellationToken cancellation) =>
        model.Is(model.SemanticsOf(made.SyntaxTree).GetTypeInfo(made, cancellation).Type, CatalogueRole.Approval);

    private HashSet<IMethodSymbol> Approved(CancellationToken cancellation)
    {
        if (Volatile.Read(ref approved) is { } known)
            return known;
        var asked = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var free = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (var registration in model.RoleRegistrations(cancellation))
            if (registration.Method?.OriginalDefinition is { } method && (registration.Role & MethodRoles.Tool) != 0)
                (IsApproved(registration, cancellation) ? asked : free).Add(method);
        asked.ExceptWith(free);
        Volatile.Write(ref approved, asked);
        return asked;
    }
}
