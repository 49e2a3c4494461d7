using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>Finds kernels, options and settings that calls share and that one call changes: its plugin, filter or temperature is everybody's from then on.</summary>
internal sealed class SharedOptions(AgentModel model)
{
    private readonly ImmutableArray<string> names = [.. model.Catalogue.Of(CatalogueRole.SharedOptions).Where(model.IsPresent).Select(entry => entry.SimpleTypeName)];

    public static SharedOptions Of(AgentModel model) => model.Shared(m => new SharedOptions(m));

    /// <summary>The first change of shared settings in each function of a file, in the order of the text.</summary>
    public IEnumerable<ChangedOptions> In(SemanticModel semantics, CancellationToken cancellation)
    {
        if (!names.Any(NameIndex.Of(semantics.SyntaxTree, cancellation).Mentions))
            yield break;
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        var variables = new HashSet<string>(root.DescendantNodes().SelectMany(DeclaredBy), StringComparer.Ordinal);
        var seen = new HashSet<(ISymbol, SyntaxNode?)>();
        foreach (var name in root.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (variables.Contains(name.Identifier.ValueText)
                && ChangeOf(name) is { } site
                && semantics.GetSymbolInfo(name, cancellation).Symbol is (IFieldSymbol or IPropertySymbol or IParameterSymbol) and { } variable
                && EntryOf(variable) is { } entry
                && IsChange(site, semantics, cancellation)
                && seen.Add((variable, FlowGraphs.FunctionAround(site)))
                && Check(variable, site, entry, semantics, cancellation) is { } found)
                yield return found;
    }

    // Names that are declared with one of the types: what is not is not bound.
    private IEnumerable<string> DeclaredBy(SyntaxNode node) => node switch
    {
        FieldDeclarationSyntax field when IsNamed(field.Declaration.Type) => field.Declaration.Variables.Select(variable => variable.Identifier.ValueText),
        PropertyDeclarationSyntax property when IsNamed(property.Type) => [property.Identifier.ValueText],
        ParameterSyntax { Type: { } type } parameter when IsNamed(type) => [parameter.Identifier.ValueText],
        _ => [],
    };

    private bool IsNamed(TypeSyntax type) => type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().LastOrDefault() is { } name && names.Contains(name.Identifier.ValueText);

    // kernel.Plugins.Add(…), options.Temperature = …, this.options.Tools[0] = …
    private static ExpressionSyntax? ChangeOf(IdentifierNameSyntax name)
    {
        ExpressionSyntax chain = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } self ? self : name;
        if (chain == name && name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
            return null;
        var members = 0;
        while (true)
            switch (chain.Parent)
            {
                case MemberAccessExpressionSyntax member when member.Expression == chain:
                    chain = member;
                    members++;
                    break;
                case ElementAccessExpressionSyntax element when element.Expression == chain:
                    chain = element;
                    break;
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure:
                    chain = sure;
                    break;
                case ConditionalAccessExpressionSyntax conditional when conditional.Expression == chain:
                    return conditional.WhenNotNull is InvocationExpressionSyntax ? conditional : null;
                case AssignmentExpressionSyntax assignment when assignment.Left == chain && members > 0:
                    return assignment;
                case InvocationExpressionSyntax call when call.Expression == chain && members > 0:
                    return call;
                default:
                    return null;
            }
    }

    private bool IsChange(ExpressionSyntax site, SemanticModel semantics, CancellationToken cancellation) => semantics.GetOperation(site, cancellation)?.Unwrap() switch
    {
        IAssignmentOperation => true,
        IInvocationOperation { TargetMethod: var method } => Collections.IsChange(method) && (method.ReturnsVoid || method.ReturnType.SpecialType == SpecialType.System_Boolean || method.IsExtensionMethod),
        _ => false,
    };

    private CatalogueEntry? EntryOf(ISymbol variable) =>
        (variable is IParameterSymbol parameter ? parameter.Type : StateWrites.TypeOf(variable)) is INamedTypeSymbol type
            ? model.EntriesOf(type).FirstOrDefault(entry => entry.Role == CatalogueRole.SharedOptions)
            : null;

    private ChangedOptions? Check(ISymbol variable, ExpressionSyntax site, CatalogueEntry entry, SemanticModel semantics, CancellationToken cancellation)
    {
        if (OwnerOf(variable, cancellation) is not { } owner || IsOfConstruction(site, semantics, cancellation))
            return null;
        var entrance = Entrances.Of(model).At(site, cancellation);
        return (!entrance.Roots.IsEmpty || entrance.IsOpen) && Locks.Of(model).HeldAt(site, cancellation).IsEmpty
            ? new ChangedOptions(variable, site, owner, entrance, entry)
            : null;
    }

    private static bool IsOfConstruction(SyntaxNode site, SemanticModel semantics, CancellationToken cancellation) =>
        semantics.GetEnclosingSymbol(site.SpanStart, cancellation) is IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } or IFieldSymbol or IPropertySymbol;

    // Of the object that holds them, or of the container that they come from.
    private Owner? OwnerOf(ISymbol variable, CancellationToken cancellation)
    {
        var lifetimes = Lifetimes.Of(model);
        if (variable is not IParameterSymbol parameter)
            return lifetimes.OwnerOf(variable, cancellation)
                ?? (StateWrites.TypeOf(variable) is INamedTypeSymbol type && IsInjected(variable, cancellation) ? lifetimes.OwnerOfService(type, cancellation) : null);
        if (parameter is not { Type: INamedTypeSymbol given, ContainingSymbol: IMethodSymbol function })
            return null;
        // A primary constructor's parameter is a field of its class.
        if (function.MethodKind == MethodKind.Constructor)
            return lifetimes.OwnerOf(function.ContainingType, cancellation) ?? lifetimes.OwnerOfService(given, cancellation);
        return (model.RolesOf(function, cancellation) & MethodRoles.Handler) != 0 ? lifetimes.OwnerOfService(given, cancellation) : null;
    }

    // Set once, in a constructor, to one of its parameters.
    private bool IsInjected(ISymbol variable, CancellationToken cancellation)
    {
        foreach (var constructor in variable.ContainingType.InstanceConstructors)
            foreach (var body in MethodBodies.Of(constructor, model, cancellation))
                foreach (var operation in body.DescendantsAndSelf())
                    if (operation is ISimpleAssignmentOperation { Target: IMemberReferenceOperation member } assignment
                        && SymbolEqualityComparer.Default.Equals(member.Member, variable)
                        && assignment.Value.Unwrap() is IParameterReferenceOperation or ICoalesceOperation { Value: IParameterReferenceOperation })
                        return true;
        return new StateWrites(model, cancellation).InitializerOf(variable) is IParameterReferenceOperation;
    }
}
