using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Loops;

/// <summary>
/// What code does with a conversation, use by use. Followed into methods of the project that it is handed to; whatever cannot be followed may shorten it.
/// </summary>
internal sealed class HistoryUses(AgentModel model, CancellationToken cancellation)
{
    // How many methods hand a conversation on to each other.
    private const int MaxDepth = 4;

    private readonly Mutability types = new(model);
    private readonly Dictionary<ISymbol, ImmutableArray<HistoryUse>> variables = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IParameterSymbol, HistoryUse> parameters = new(SymbolEqualityComparer.Default);

    /// <summary>Whether values of a type are conversations that messages can be added to.</summary>
    public bool IsHistory(ITypeSymbol? type) =>
        type is INamedTypeSymbol named && types.IsSession(named)
        && (IsList(named) || named.AllInterfaces.Any(IsList));

    /// <summary>The uses of a variable, in the order of the text.</summary>
    /// <param name="variable">A variable that holds a conversation.</param>
    /// <param name="code">All code that can use it.</param>
    public ImmutableArray<HistoryUse> Of(ISymbol variable, ImmutableArray<SyntaxNode> code)
    {
        // Loops within each other ask for the same.
        if (!variables.TryGetValue(variable, out var known))
            variables.Add(variable, known = Of(variable, code, 0));
        return known;
    }

    private ImmutableArray<HistoryUse> Of(ISymbol variable, IEnumerable<SyntaxNode> code, int depth)
    {
        var uses = ImmutableArray.CreateBuilder<HistoryUse>();
        foreach (var node in code)
        {
            var semantics = model.SemanticsOf(node.SyntaxTree);
            foreach (var name in node.DescendantNodes().OfType<IdentifierNameSyntax>())
                if (name.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol, variable))
                    uses.Add(semantics.OperationOf(name, cancellation) is { } use && IsOwn(use) ? Of(use, use.Syntax, depth) : Unknown(name));
        }

        return uses.ToImmutable();
    }

    // The field of another object is another conversation, or the same by another name.
    private static bool IsOwn(IOperation use) => use switch
    {
        ILocalReferenceOperation or IParameterReferenceOperation => true,
        IFieldReferenceOperation field => field.Instance is null or IInstanceReferenceOperation,
        IPropertyReferenceOperation property => property.Instance is null or IInstanceReferenceOperation,
        _ => false,
    };

    private HistoryUse Of(IOperation value, SyntaxNode site, int depth)
    {
        value = Seen(value);
        switch (value.Parent)
        {
            case IConditionalAccessOperation access when access.Operation == value:
                return access.WhenNotNull.DescendantsAndSelf().OfType<IConditionalAccessInstanceOperation>().FirstOrDefault() is { } instance ? Of(instance, site, depth) : Unknown(site);
            case IInvocationOperation call when call.Instance == value:
                return OfCall(call, isForeign: !model.Declares(call.TargetMethod));
            case IArgumentOperation argument:
                return OfArgument(argument, depth);
            case IPropertyReferenceOperation property when property.Instance == value:
                return OfProperty(property);
            case IImplicitIndexerReferenceOperation indexer when indexer.Instance == value:
                return IsWritten(indexer) || indexer.Argument.Type?.Name == "Range" ? Unknown(site) : Reads(site);
            case ISpreadOperation { Parent: ICollectionExpressionOperation collection }:
                return OfCopy(collection, isWhole: true, site);
            case ISimpleAssignmentOperation assignment when assignment.Target == value:
                return new HistoryUse(HistoryEffect.Replaced, site);
            case ISimpleAssignmentOperation { Parent: IObjectOrCollectionInitializerOperation { Parent: IObjectCreationOperation request } }:
                return ModelSent(request) is { } asked ? Asks(asked) : Unknown(site);
            case IReturnOperation returned:
                // Who calls a function gets its locals when they have grown; of a field, what others may not change.
                return IsReadOnly(value.Type) || (value.Unwrap() is ILocalReferenceOperation or IParameterReferenceOperation && !IsInLambda(returned)) ? Reads(site) : Unknown(site);
            case IForEachLoopOperation or INameOfOperation or IIsPatternOperation or IIsTypeOperation or IInterpolationOperation:
                return Reads(site);
            // history ??= []: made once.
            case ICoalesceAssignmentOperation made when made.Target == value && made.Parent is IExpressionStatementOperation:
                return Reads(site);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals }:
                return Reads(site);
            default:
                return Unknown(site);
        }
    }

    // ---- Calls -----------------------------------------------------------------------------------------------------------

    private HistoryUse OfArgument(IArgumentOperation argument, int depth)
    {
        if (argument.Parameter is not { RefKind: RefKind.None } parameter)
            return Unknown(argument.Syntax);
        if (argument.Parent is not IInvocationOperation call)
            // A copy is another conversation.
            return argument.Parent is IObjectCreationOperation creation && IsReadOnly(parameter.Type) ? OfCopy(creation, isWhole: true, argument.Syntax) : Unknown(argument.Syntax);
        if (ModelAskedBy(call) is { } asked)
            return asked;
        var method = call.TargetMethod;
        if (IsReducer(method))
            return Unknown(call.Syntax);
        if (method.MethodKind != MethodKind.DelegateInvoke && CallGraph.Of(model).Resolve(method) is { } target && MethodBodies.HasSource(target, model))
            return Followed(target, parameter, call.Syntax, depth);
        if (method.IsExtensionMethod && parameter.Ordinal == 0)
            return OfCall(call, isForeign: true);
        // What only reads a sequence shortens nothing, unless it gives a part of it, or its size.
        return (IsReadOnly(parameter.Type) || (IsAnything(parameter.OriginalDefinition.Type) && IsText(call.Type))) && !IsMeasure(call.Type) && !IsSequence(call.Type) ? Reads(call.Syntax) : Unknown(call.Syntax);
    }

    private HistoryUse Followed(IMethodSymbol target, IParameterSymbol parameter, SyntaxNode site, int depth)
    {
        target = target.OriginalDefinition.PartialImplementationPart ?? target.OriginalDefinition;
        if (depth >= MaxDepth || parameter.Ordinal >= target.Parameters.Length)
            return Unknown(site);
        var given = target.Parameters[parameter.Ordinal];
        if (!parameters.TryGetValue(given, out var known))
        {
            // A function that calls itself does what it does.
            parameters.Add(given, Reads(site));
            var uses = Of(given, target.DeclaringSyntaxReferences.Where(r => model.Compilation.ContainsSyntaxTree(r.SyntaxTree)).Select(r => r.GetSyntax(cancellation)), depth + 1);
            var effect = uses.Aggregate(HistoryEffect.Reads, (all, use) => all | use.Effect);
            known = new HistoryUse((effect & HistoryEffect.Replaced) != 0 ? effect | HistoryEffect.MayShorten : effect, site, uses.Select(use => use.Model).FirstOrDefault(m => m != null));
            parameters[given] = known;
        }

        return known with { Site = site };
    }

    // history.Name(…)
    private HistoryUse OfCall(IInvocationOperation call, bool isForeign)
    {
        var name = call.TargetMethod.Name;
        if (!isForeign || IsReducer(call.TargetMethod))
            return Unknown(call.Syntax);
        if (IsLinq(call.TargetMethod))
            return OfQuery(call);
        if (name.StartsWith("Add", StringComparison.Ordinal) || name.StartsWith("Insert", StringComparison.Ordinal))
            return new HistoryUse(HistoryEffect.Grows, call.Syntax);
        return name is "ToArray" or "AsReadOnly" or "Contains" or "Exists" or "Find" or "FindLast" or "IndexOf" or "FindIndex" or "FindLastIndex" or "LastIndexOf" or "ForEach" or "GetEnumerator" or "CopyTo" or "ToString"
            ? Reads(call.Syntax)
            : Unknown(call.Syntax);
    }

    // history.Where(…).Select(…): a part of it, which may be what is sent.
    private HistoryUse OfQuery(IInvocationOperation call)
    {
        var isWhole = true;
        IOperation result = call;
        while (true)
        {
            switch (((IInvocationOperation)result).TargetMethod.Name)
            {
                case "Append" or "Prepend" or "Concat" or "ToList" or "ToArray" or "AsEnumerable":
                    break;
                case "Select" or "Where" or "OfType" or "Cast" or "Reverse" or "OrderBy":
                    isWhole = false;
                    break;
                case "Any" or "All" or "Contains" or "First" or "FirstOrDefault" or "Last" or "LastOrDefault" or "Single" or "SingleOrDefault" or "ElementAt" or "ElementAtOrDefault":
                    return Reads(call.Syntax);
                // It is measured, or cut.
                default:
                    return Unknown(call.Syntax);
            }

            if (Seen(result).Parent is IArgumentOperation { Parameter.Ordinal: 0, Parent: IInvocationOperation { TargetMethod: var next } outer } && IsLinq(next))
                result = outer;
            else
                return OfCopy(result, isWhole, call.Syntax);
        }
    }

    // A copy may be sent in its place. What becomes of it otherwise changes nothing here.
    private HistoryUse OfCopy(IOperation copy, bool isWhole, SyntaxNode site)
    {
        copy = Seen(copy);
        if (copy.Parent is ISpreadOperation { Parent: ICollectionExpressionOperation collection })
            return OfCopy(collection, isWhole, site);
        if (copy.Parent is not IArgumentOperation { Parent: IInvocationOperation call } || ModelAskedBy(call) is not { } asked)
            return Reads(site);
        return isWhole ? asked : Unknown(site);
    }

    private HistoryUse? ModelAskedBy(IInvocationOperation call) =>
        model.EntriesOf(call.TargetMethod).Any(entry => entry.Answers()) ? new HistoryUse(HistoryEffect.Asks, call.Syntax, call.TargetMethod) : null;

    // Send(new Request { Messages = history })
    private IInvocationOperation? ModelSent(IOperation request) =>
        Seen(request).Parent is IArgumentOperation { Parent: IInvocationOperation call } && ModelAskedBy(call) != null ? call : null;

    private static HistoryUse Asks(IInvocationOperation call) => new(HistoryEffect.Asks, call.Syntax, call.TargetMethod);

    private bool IsReducer(IMethodSymbol method) => model.Find(method, CatalogueRole.HistoryReducer) != null;

    // ---- Properties --------------------------------------------------------------------------------------------------------

    private static HistoryUse OfProperty(IPropertyReferenceOperation property)
    {
        if (IsWritten(property))
            return Unknown(property.Syntax);
        return property.Property.IsIndexer || !IsMeasure(property.Type) || !IsCompared(property) ? Reads(property.Syntax) : Unknown(property.Syntax);
    }

    private static bool IsWritten(IOperation element) =>
        element.Parent is IAssignmentOperation assignment && assignment.Target == element;

    // With none or one, it is asked whether there is anything; a loop over all of it ends there.
    private static bool IsCompared(IOperation size)
    {
        while (true)
        {
            switch (size.Parent)
            {
                case IConversionOperation or IParenthesizedOperation or IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract }:
                    size = size.Parent;
                    continue;
                case IBinaryOperation comparison:
                    return !(comparison.Parent is IForLoopOperation loop && loop.Condition == comparison)
                        && (comparison.LeftOperand == size ? comparison.RightOperand : comparison.LeftOperand).ConstantValue is not { HasValue: true, Value: 0 or 1 };
                case IArgumentOperation or IInterpolationOperation:
                    return false;
                default:
                    return true;
            }
        }
    }

    private static bool IsInLambda(IOperation operation)
    {
        for (var outer = operation.Parent; outer != null; outer = outer.Parent)
            if (outer is IAnonymousFunctionOperation)
                return true;
        return false;
    }

    // ---- Types -------------------------------------------------------------------------------------------------------------

    private static IOperation Seen(IOperation value)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
            value = value.Parent;
        return value;
    }

    private static bool IsList(INamedTypeSymbol type) =>
        type is { Name: "ICollection", TypeArguments.Length: 1, ContainingNamespace.Name: "Generic" } && type.TypeArguments[0].Name != "KeyValuePair";

    private static bool IsReadOnly(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Interface, Name: "IEnumerable" or "IReadOnlyCollection" or "IReadOnlyList", ContainingNamespace.Name: "Generic" or "Collections" };

    // Written down: a log, JSON.
    private static bool IsAnything(ITypeSymbol type) => type is ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } or { SpecialType: SpecialType.System_Object };

    private static bool IsText(ITypeSymbol? type) => type is { SpecialType: SpecialType.System_String or SpecialType.System_Void } or INamedTypeSymbol { Name: "Task", TypeArguments.Length: 0 };

    private static bool IsMeasure(ITypeSymbol? type) => type is { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double };

    private static bool IsSequence(ITypeSymbol? type) =>
        (type.IsTask() && type is INamedTypeSymbol { TypeArguments.Length: 1 } task ? task.TypeArguments[0] : type) is var given && given is not { SpecialType: SpecialType.System_String } && Mutability.IsCollection(given);

    private static bool IsLinq(IMethodSymbol method) => method.ContainingType is { Name: "Enumerable", ContainingNamespace: { Name: "Linq", ContainingNamespace.Name: "System" } };

    private static HistoryUse Reads(SyntaxNode site) => new(HistoryEffect.Reads, site);

    private static HistoryUse Unknown(SyntaxNode site) => new(HistoryEffect.MayShorten, site);
}
