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
    private readonly Once<TypeNames> types = new();

    public static SharedOptions Of(AgentModel model) => model.Shared(m => new SharedOptions(m));

    /// <summary>The first change of shared settings in each function of a file, in the order of the text.</summary>
    public IEnumerable<ChangedOptions> In(SemanticModel semantics, CancellationToken cancellation)
    {
        if (!NameIndex.Of(semantics.SyntaxTree, cancellation).MentionsAny(NamesOfTypes(cancellation).Index))
            yield break;
        var root = semantics.SyntaxTree.GetRoot(cancellation);
        var variables = new HashSet<string>(root.DescendantNodes().SelectMany(DeclaredBy), StringComparer.Ordinal);
        var seen = new HashSet<(ISymbol, SyntaxNode?)>();
        foreach (var name in root.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (variables.Contains(name.Identifier.ValueText)
                && (ChangeOf(name) ?? HandOverOf(name)) is { } site
                && semantics.GetSymbolInfo(name, cancellation).Symbol is (IFieldSymbol or IPropertySymbol or IParameterSymbol) and { } variable
                && EntryOf(variable) is { } entry
                && IsChange(site, variable, entry, semantics, cancellation)
                && !(entry.Has("members") && IsSetOnce(site, name.Identifier.ValueText))
                && seen.Add((variable, FlowGraphs.FunctionAround(site)))
                && Check(variable, site, entry, semantics, cancellation) is { } found)
                yield return found;
    }

    // The names of the catalogue's types and of what may derive from them: in the project, and in the assemblies that use theirs.
    private TypeNames NamesOfTypes(CancellationToken cancellation) => types.Get(() =>
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var entries = model.Catalogue.Of(CatalogueRole.SharedOptions).Where(model.IsPresent).ToList();
        names.UnionWith(entries.Select(entry => entry.SimpleTypeName));
        // Any assembly uses the base library, and hardly one derives from its clients.
        entries.RemoveAll(entry => entry.IsOfBaseLibrary);
        var homes = new HashSet<string>(entries.SelectMany(entry => model.TypesOf(entry)).Select(type => type.ContainingAssembly.Name), StringComparer.Ordinal);
        var endings = entries.Select(entry => LastWord(entry.SimpleTypeName)).Distinct().ToList();
        foreach (var assembly in model.Compilation.SourceModule.ReferencedAssemblySymbols)
            if (assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => homes.Contains(reference.Name))))
                names.UnionWith(assembly.TypeNames.Where(name => endings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))));
        var derived = model.Compilation.SyntaxTrees.SelectMany(tree => TypeTexts.Of(tree, cancellation).Derived).ToList();
        for (var before = 0; before != names.Count;)
        {
            before = names.Count;
            names.UnionWith(derived.Where(found => names.Contains(found.Base)).Select(found => found.Type.Identifier.ValueText).ToList());
        }

        return new TypeNames(names, new NameSet(names));
    });

    // PromptExecutionSettings: what derives from it is called ...Settings.
    private static string LastWord(string name)
    {
        var start = name.Length - 1;
        while (start > 0 && !char.IsUpper(name[start]))
            start--;
        return name.Substring(start);
    }

    private sealed record TypeNames(HashSet<string> All, NameSet Index);

    // Names that are declared with one of the types: what is not is not bound.
    private IEnumerable<string> DeclaredBy(SyntaxNode node) => node switch
    {
        FieldDeclarationSyntax field when IsNamed(field.Declaration.Type) => field.Declaration.Variables.Select(variable => variable.Identifier.ValueText),
        PropertyDeclarationSyntax property when IsNamed(property.Type) => [property.Identifier.ValueText],
        ParameterSyntax { Type: { } type } parameter when IsNamed(type) => [parameter.Identifier.ValueText],
        _ => [],
    };

    private bool IsNamed(TypeSyntax type) => type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().LastOrDefault() is { } name && NamesOfTypes(CancellationToken.None).All.Contains(name.Identifier.ValueText);

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

    // AddTool(options, tool): a method of the project may change what it is given.
    private static ExpressionSyntax? HandOverOf(IdentifierNameSyntax name) =>
        (name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } self ? self : (SyntaxNode)name).Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } ? call : null;

    private bool IsChange(ExpressionSyntax site, ISymbol variable, CatalogueEntry entry, SemanticModel semantics, CancellationToken cancellation) => semantics.GetOperation(site, cancellation)?.Unwrap() switch
    {
        IAssignmentOperation assignment => entry.List("members") is var members && (members.IsEmpty || assignment.Target.DescendantsAndSelf().OfType<IPropertyReferenceOperation>().Any(member => members.Contains(member.Property.Name))),
        IInvocationOperation call when call.Arguments.FirstOrDefault(argument => argument.Value.Unwrap() switch
        {
            IMemberReferenceOperation member => SymbolEqualityComparer.Default.Equals(member.Member, variable),
            IParameterReferenceOperation parameter => SymbolEqualityComparer.Default.Equals(parameter.Parameter, variable),
            _ => false,
        }) is { Parameter: { } given } && call.Receiver() is var receiver && (receiver == null || !IsOf(receiver, variable)) =>
            (call.TargetMethod.MethodKind == MethodKind.LocalFunction ? call.TargetMethod.OriginalDefinition : CallGraph.Of(model).Resolve(call.TargetMethod)) is { } target
            && MethodBodies.HasSource(target, model) && !model.EntriesOf(call.TargetMethod).Any(RoleQuestions.IsRemoteCall)
            && Footprints.Of(model).Of(target, cancellation).Changed.Contains(given.Ordinal),
        IInvocationOperation { TargetMethod: var method } call => (entry.List("members") is var members && (members.IsEmpty || call.Receiver()?.DescendantsAndSelf().OfType<IPropertyReferenceOperation>().Any(member => members.Contains(member.Property.Name)) == true))
            && Collections.IsChange(method) && (method.ReturnsVoid || method.ReturnType.SpecialType == SpecialType.System_Boolean || method.IsExtensionMethod),
        _ => false,
    };

    // if (client.BaseAddress == null) client.BaseAddress = …: the first call sets it for all.
    private static bool IsSetOnce(ExpressionSyntax site, string name) =>
        site.Ancestors().TakeWhile(node => node is not MemberDeclarationSyntax).OfType<IfStatementSyntax>()
            .Any(choice => choice.Condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(read => read.Identifier.ValueText == name));

    private static bool IsOf(IOperation receiver, ISymbol variable) =>
        receiver.DescendantsAndSelf().Any(part => part is IMemberReferenceOperation member && SymbolEqualityComparer.Default.Equals(member.Member, variable)
            || part is IParameterReferenceOperation parameter && SymbolEqualityComparer.Default.Equals(parameter.Parameter, variable));

    private CatalogueEntry? EntryOf(ISymbol variable) =>
        (variable is IParameterSymbol parameter ? parameter.Type : StateWrites.TypeOf(variable)) is INamedTypeSymbol type
            ? model.EntriesOf(type).FirstOrDefault(entry => entry.Role == CatalogueRole.SharedOptions)
            : null;

    private ChangedOptions? Check(ISymbol variable, ExpressionSyntax site, CatalogueEntry entry, SemanticModel semantics, CancellationToken cancellation)
    {
        if (OwnerOf(variable, cancellation) is not { } owner || IsOfConstruction(site, semantics, cancellation))
            return null;
        if (owner.Kind == OwnerKind.Caller)
            return IsReplacedBefore(variable, site) ? null : new ChangedOptions(variable, site, owner, Entrance.None, entry);
        var entrance = Entrances.Of(model).At(site, cancellation, variable.IsStatic);
        return (!entrance.Roots.IsEmpty || entrance.IsOpen) && LockSets.Of(model).HeldAt(site, cancellation).IsEmpty
            ? new ChangedOptions(variable, site, owner, entrance, entry)
            : null;
    }

    // options = options.Clone(); from there on they are the method's own. options ??= new() keeps those that were given.
    private static bool IsReplacedBefore(ISymbol variable, SyntaxNode site) =>
        FlowGraphs.FunctionAround(site)?.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment =>
            assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && assignment.SpanStart < site.SpanStart && assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == variable.Name) == true;

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
        if (IsOfClient(function))
            return new Owner(OwnerKind.Caller, null, $"they belong to the caller of '{Witness.NameOf(function)}', which may use them again");
        return (model.RolesOf(function, cancellation) & MethodRoles.Handler) != 0 ? lifetimes.OwnerOfService(given, cancellation) : null;
    }

    // What stands between a caller and a model is given the caller's own options.
    private bool IsOfClient(IMethodSymbol function)
    {
        for (var overridden = function.OverriddenMethod; overridden != null; overridden = overridden.OverriddenMethod)
            if (model.EntriesOf(overridden).Any(RoleQuestions.AsksModelOrAgent))
                return true;
        return model.EntriesOf(function).Any(RoleQuestions.AsksModelOrAgent) && model.Declares(function);
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
