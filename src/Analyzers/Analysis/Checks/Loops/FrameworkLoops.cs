using System.Collections.Immutable;
using System.Globalization;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Loops;

/// <summary>Finds loops of frameworks that are left at, or set to, no limit.</summary>
internal sealed class FrameworkLoops
{
    private readonly AgentModel model;
    private readonly CatalogueQuery limits;
    private readonly ImmutableArray<CatalogueEntry> unlimited;
    private readonly NameSet makers;

    private FrameworkLoops(AgentModel model)
    {
        this.model = model;
        limits = model.Query(IsLimit);
        unlimited = [.. model.Catalogue.Of(CatalogueRole.LoopLimit).Where(entry => IsLimit(entry) && entry["default"] == "unlimited" && model.IsPresent(entry) && !model.TypesOf(entry).IsEmpty)];
        makers = new NameSet(unlimited.IsEmpty ? [] : unlimited.Select(entry => entry.SimpleTypeName.Split('`')[0]).Concat(TypesThatInherit()));
    }

    public static FrameworkLoops Of(AgentModel model) => model.Shared(m => new FrameworkLoops(m));

    /// <summary>The unlimited loops of a file, in the order of the text.</summary>
    /// <param name="semantics">The file.</param>
    /// <param name="mostTurns">How many turns are as good as no limit.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public IEnumerable<UnlimitedLoop> In(SemanticModel semantics, int mostTurns, CancellationToken cancellation)
    {
        var tree = semantics.SyntaxTree;
        var found = new List<UnlimitedLoop>();
        foreach (var use in limits.In(tree, cancellation))
            if (SetBy(use, semantics, mostTurns, cancellation) is { } set)
                found.Add(set);
        if (!unlimited.IsEmpty)
        {
            var index = NameIndex.Of(tree, cancellation);
            var root = tree.GetRoot(cancellation);
            foreach (var name in index.Among(makers).SelectMany(n => index.Uses(n, root)))
                foreach (var creation in CreationsBy(name))
                    if (LeftBy(creation, semantics, mostTurns, cancellation) is { } left)
                        found.Add(left);
            foreach (var entry in unlimited)
                found.AddRange(DeclaredIn(tree, entry, semantics, cancellation));
        }

        found.RemoveAll(loop => IsInTest(loop.Site, semantics, cancellation));
        return found.OrderBy(loop => loop.Site.SpanStart).ThenBy(loop => loop.Limit, StringComparer.Ordinal).GroupBy(loop => loop.Site).Select(same => same.First());
    }

    // A test's models are its own.
    private bool IsInTest(SyntaxNode site, SemanticModel semantics, CancellationToken cancellation) => CodePlace.Of(site, semantics, model, cancellation).IsTest;

    private static bool IsLimit(CatalogueEntry entry) => entry.Role == CatalogueRole.LoopLimit && !entry.Has("inner");

    // ---- Set to no limit -----------------------------------------------------------------------------------------------

    private UnlimitedLoop? SetBy(CatalogueUse use, SemanticModel semantics, int mostTurns, CancellationToken cancellation)
    {
        if (use.Symbol is IMethodSymbol)
        {
            if (semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation call || use.Entry["parameter"] is not { } parameter
                || call.Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter) is not { } argument)
                return null;
            return IsNone(argument.Value, use.Entry, mostTurns)
                ? new UnlimitedLoop(
                    argument.ArgumentKind == ArgumentKind.DefaultValue ? use.Name : argument.Value.Syntax,
                    OwnerOf(call), parameter, argument.ArgumentKind == ArgumentKind.DefaultValue ? UnlimitedBy.Default : UnlimitedBy.Value, argument.Value.Syntax.ToString(), use.Entry)
                : null;
        }

        SyntaxNode target = use.Name.Parent is MemberAccessExpressionSyntax access && access.Name == use.Name ? access : use.Name;
        return target.Parent is AssignmentExpressionSyntax assignment && assignment.Left == target && semantics.GetOperation(assignment.Right, cancellation) is { } value && IsNone(value, use.Entry, mostTurns)
            ? new UnlimitedLoop(assignment.Right, use.Symbol.ContainingType.Name, use.Symbol.Name, UnlimitedBy.Value, assignment.Right.ToString(), use.Entry)
            : null;
    }

    private static string OwnerOf(IInvocationOperation call) => (call.Receiver()?.Type ?? call.TargetMethod.ContainingType).Name;

    private static bool IsNone(IOperation value, CatalogueEntry entry, int mostTurns) =>
        IsNull(value)
            ? entry["unlimited"] == "null"
            : value.Unwrap().ConstantValue is { HasValue: true, Value: int number } && (number >= mostTurns || number.ToString(CultureInfo.InvariantCulture) == entry["unlimited"]);

    // A parameter that is left out has no literal.
    private static bool IsNull(IOperation value) => value.Unwrap() is { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation { ConstantValue.HasValue: false };

    // ---- Left at no limit ----------------------------------------------------------------------------------------------

    private static IEnumerable<BaseObjectCreationExpressionSyntax> CreationsBy(SimpleNameSyntax name)
    {
        SyntaxNode type = name;
        while (type.Parent is QualifiedNameSyntax or AliasQualifiedNameSyntax or NullableTypeSyntax)
            type = type.Parent;
        if (type.Parent is ObjectCreationExpressionSyntax creation && creation.Type == type)
            yield return creation;
        // Manager manager = new() { … };
        if (type.Parent is VariableDeclarationSyntax declaration && declaration.Type == type)
            foreach (var variable in declaration.Variables)
                if (variable.Initializer?.Value is ImplicitObjectCreationExpressionSyntax made)
                    yield return made;
    }

    private UnlimitedLoop? LeftBy(BaseObjectCreationExpressionSyntax syntax, SemanticModel semantics, int mostTurns, CancellationToken cancellation)
    {
        if (semantics.GetOperation(syntax, cancellation) is not IObjectCreationOperation { Constructor: { } constructor, Type: INamedTypeSymbol type } creation)
            return null;
        foreach (var entry in unlimited)
        {
            if (!Inherits(type, entry.Type))
                continue;
            if (IsConstructor(entry))
            {
                if (entry["parameter"] is { } parameter && model.EntriesOf(constructor).Contains(entry)
                    && creation.Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter) is { } argument && IsNone(argument.Value, entry, mostTurns)
                    && EndedBy(creation, entry) is not UnlimitedBy.Value and var by)
                    return by == UnlimitedBy.Sentinel
                        ? new UnlimitedLoop(syntax, type.Name, parameter, by, entry["or"], entry)
                        : argument.ArgumentKind == ArgumentKind.DefaultValue
                        ? new UnlimitedLoop(syntax, type.Name, parameter, UnlimitedBy.Default, null, entry)
                        : new UnlimitedLoop(argument.Value.Syntax, type.Name, parameter, UnlimitedBy.Value, argument.Value.Syntax.ToString(), entry);
                continue;
            }

            foreach (var name in entry.Members)
                if (MemberOf(type, name) is { } member && (IsFixedOnceMade(member) || !IsHandedOn(creation)) && IsCatalogued(member, entry) && !IsSetAround(syntax, name) && !(entry["or"] is { } other && IsSetAround(syntax, other)) && EndedWithin(type, entry, cancellation) is not UnlimitedBy.Value and var how)
                    return new UnlimitedLoop(syntax, type.Name, name, how, entry["ends"], entry);
        }

        return null;
    }

    private static bool IsConstructor(CatalogueEntry entry) => entry.Members.Length == 1 && entry.Members[0] == ".ctor";

    private static bool IsFixedOnceMade(ISymbol member) => member is IPropertySymbol { SetMethod: null or { IsInitOnly: true } };

    // A builder that is returned, or given to somebody, may be told there.
    private static bool IsHandedOn(IObjectCreationOperation creation)
    {
        IOperation value = creation;
        while (value.Parent is IInvocationOperation or IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } } or IConversionOperation && SymbolEqualityComparer.Default.Equals(TypeOf(value.Parent), creation.Type))
            value = value.Parent;
        if (value.Parent is IConversionOperation conversion)
            value = conversion;
        return value.Parent switch
        {
            IReturnOperation or IArgumentOperation or IAssignmentOperation => true,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } => UsesOf(local, value).Any(use => use.Parent is IReturnOperation or IArgumentOperation { Parent: not IInvocationOperation { TargetMethod.IsExtensionMethod: true } } or IAssignmentOperation { Target: not ILocalReferenceOperation }),
            _ => false,
        };
    }

    private static ITypeSymbol? TypeOf(IOperation operation) => operation is IArgumentOperation { Parent: { } call } ? call.Type : operation.Type;

    private static IEnumerable<IOperation> UsesOf(ILocalSymbol local, IOperation value)
    {
        var root = value;
        while (root.Parent is { } parent)
            root = parent;
        return root.Descendants().Where(o => o is ILocalReferenceOperation { Local: var used } && SymbolEqualityComparer.Default.Equals(used, local));
    }

    private bool IsCatalogued(ISymbol member, CatalogueEntry entry) =>
        model.EntriesOf(member).Any(e => e.Role == CatalogueRole.LoopLimit && e.Type == entry.Type) || member.ContainingType.Name != entry.SimpleTypeName;

    private static ISymbol? MemberOf(INamedTypeSymbol type, string name)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (t.GetMembers(name).FirstOrDefault() is { } member)
                return member;
        return null;
    }

    // AddParticipants(…).WithMaxRounds(10), options.MaxTurns = 10: anywhere in the same function
    private static bool IsSetAround(BaseObjectCreationExpressionSyntax creation, string name)
    {
        SyntaxNode around = creation;
        while (around.Parent is { } parent && around is not (MemberDeclarationSyntax or LocalFunctionStatementSyntax or GlobalStatementSyntax))
            around = parent;
        // Statements of a program without a class are one function.
        if (around is GlobalStatementSyntax)
            around = around.Parent!;
        return around.DescendantNodes().Any(node => node switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => member == name,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: var member }, Parent: InitializerExpressionSyntax initializer } => member == name && initializer.Parent == creation,
            _ => false,
        });
    }

    // A class of the program may set the limit itself, or end the loop in another way.
    private UnlimitedBy EndedWithin(INamedTypeSymbol type, CatalogueEntry entry, CancellationToken cancellation)
    {
        var by = UnlimitedBy.Default;
        for (var t = type; t != null && model.Declares(t); t = t.BaseType)
        {
            if (CatalogueMatcher.IsNamed(t.OriginalDefinition, entry.Type))
                return by;
            if (by == UnlimitedBy.Default && entry["ends"] is { } ends && t.GetMembers(ends).OfType<IMethodSymbol>().FirstOrDefault() is { } end)
            {
                if (!LooksForWordsOnly(end, cancellation))
                    return UnlimitedBy.Value;
                by = UnlimitedBy.Sentinel;
            }

            foreach (var reference in t.DeclaringSyntaxReferences)
                if (reference.GetSyntax(cancellation).DescendantNodes().Any(node => node is AssignmentExpressionSyntax { Left: var left } && entry.Members.Contains(NameIn(left) ?? "", StringComparer.Ordinal)))
                    return UnlimitedBy.Value;
        }

        return by;
    }

    // return history.Last().Contains("approved"): and nothing that counts, asks or waits.
    private bool LooksForWordsOnly(IMethodSymbol end, CancellationToken cancellation)
    {
        var looks = false;
        foreach (var body in MethodBodies.Of(end, model, cancellation))
            foreach (var part in body.Descendants())
                switch (part)
                {
                    case IInvocationOperation { TargetMethod: { ContainingType.SpecialType: SpecialType.System_String, Name: "Contains" or "StartsWith" or "EndsWith" or "Equals" or "IndexOf" } }:
                    case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals, LeftOperand.Type.SpecialType: SpecialType.System_String }:
                        looks = true;
                        break;
                    case IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual or BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } compared
                        when compared.LeftOperand.Type is { SpecialType: not (SpecialType.System_String or SpecialType.System_Boolean or SpecialType.System_Object) }:
                    case IAwaitOperation:
                    // A helper of the program may count.
                    case IInvocationOperation { TargetMethod: var method } when model.Declares(method):
                        return false;
                }

        return looks;
    }

    private UnlimitedBy EndedBy(IObjectCreationOperation creation, CatalogueEntry entry)
    {
        if (entry["or"] is not { } other || creation.Arguments.FirstOrDefault(a => a.Parameter?.Name == other) is not { } argument || IsNull(argument.Value))
            return UnlimitedBy.Default;
        var conditions = new ValueSources(model, CancellationToken.None).Of(argument.Value);
        return conditions.Count > 0 && conditions.All(c => c is IObjectCreationOperation { Constructor: { } constructor } && model.Find(constructor, CatalogueRole.TextSentinel) != null)
            ? UnlimitedBy.Sentinel
            : UnlimitedBy.Value;
    }

    private static string? NameIn(ExpressionSyntax expression) =>
        (expression as SimpleNameSyntax ?? (expression as MemberAccessExpressionSyntax)?.Name)?.Identifier.ValueText;

    // ---- Declared without a limit --------------------------------------------------------------------------------------

    private IEnumerable<UnlimitedLoop> DeclaredIn(SyntaxTree tree, CatalogueEntry entry, SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var type in model.TypesOf(entry).Where(model.Declares))
            foreach (var member in IsConstructor(entry) ? type.InstanceConstructors.CastArray<ISymbol>() : entry.Members.SelectMany(name => type.GetMembers(name)).ToImmutableArray())
                foreach (var reference in member.DeclaringSyntaxReferences)
                    if (reference.SyntaxTree == tree && DefaultIn(reference.GetSyntax(cancellation), entry) is { } value
                        && semantics.GetOperation(value, cancellation) is { } operation && IsNone(operation, entry, int.MaxValue))
                        yield return new UnlimitedLoop(value, type.Name, entry["parameter"] ?? member.Name, UnlimitedBy.Declaration, value.ToString(), entry);
    }

    private static ExpressionSyntax? DefaultIn(SyntaxNode declaration, CatalogueEntry entry) => declaration switch
    {
        PropertyDeclarationSyntax property => property.Initializer?.Value,
        ConstructorDeclarationSyntax method => method.ParameterList.Parameters.FirstOrDefault(p => p.Identifier.ValueText == entry["parameter"])?.Default?.Value,
        _ => null,
    };

    // ---- Types ---------------------------------------------------------------------------------------------------------

    private IEnumerable<string> TypesThatInherit() =>
        Implementations.TypesIn(model.Compilation.Assembly.GlobalNamespace)
            .Where(type => type.BaseType is { SpecialType: SpecialType.None } @base && unlimited.Any(entry => Inherits(@base, entry.Type)))
            .Select(type => type.Name);

    private static bool Inherits(INamedTypeSymbol type, string name)
    {
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            if (CatalogueMatcher.IsNamed(t.OriginalDefinition, name))
                return true;
        return false;
    }
}
