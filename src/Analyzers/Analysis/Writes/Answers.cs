using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>What becomes of the answer of a request.</summary>
/// <param name="IsUsed">Whether what it says is used: not only whether it succeeded, and not only for a log or an exception.</param>
/// <param name="Type">The type that it is read as; null where it is not read as one.</param>
/// <param name="IsReturned">Whether the function that the path begins in gives it back, so that its callers decide.</param>
internal readonly record struct Answer(bool IsUsed, ITypeSymbol? Type, bool IsReturned = false);

/// <summary>
/// Follows the answer of a request through the functions on a path, from the call that sends it to the function that the path begins in. A POST
/// whose answer is not used was sent for what it does.
/// </summary>
internal sealed class Answers(Witness path, AgentModel model, CancellationToken cancellation)
{
    private const int MaxValues = 200;

    private ITypeSymbol? type;

    public static Answer Of(Witness path, AgentModel model, CancellationToken cancellation) => new Answers(path, model, cancellation).Read();

    private Answer Read()
    {
        for (var step = path.Steps.Length - 1; step >= 0; step--)
        {
            var site = path.Steps[step].Site;
            if (model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is not IInvocationOperation call)
                return new Answer(true, type);
            // What a generic helper reads the answer as is what its caller asks for.
            if (type is ITypeParameterSymbol { DeclaringMethod: { } generic } asked)
                type = SymbolEqualityComparer.Default.Equals(generic.OriginalDefinition, call.TargetMethod.OriginalDefinition) ? call.TargetMethod.TypeArguments[asked.Ordinal] : null;
            if (step == path.Steps.Length - 1)
                type = ReadAs(call);
            switch (FateOf(call))
            {
                case Fate.Dropped:
                    return new Answer(false, type);
                case Fate.Used:
                    return new Answer(true, type);
            }
        }

        return new Answer(true, type, IsReturned: true);
    }

    // A declared client gives back what was read.
    private ITypeSymbol? ReadAs(IInvocationOperation call) =>
        call.TargetMethod.IsAbstract && call.Type is INamedTypeSymbol { TypeArguments.Length: 1 } task && task.IsTask() ? task.TypeArguments[0] : null;

    private Fate FateOf(IOperation sent)
    {
        var open = new Queue<IOperation>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var fate = Fate.Dropped;
        open.Enqueue(sent);
        for (var count = 0; open.Count > 0 && count < MaxValues; count++)
        {
            cancellation.ThrowIfCancellationRequested();
            var value = open.Dequeue();
            switch (Use(ref value))
            {
                case Fate.Used:
                    return Fate.Used;
                case Fate.Returned:
                    fate = Fate.Returned;
                    break;
                case Fate.Kept when VariableOf(value) is { } variable && seen.Add(variable):
                    foreach (var read in ReadsOf(variable, value))
                        open.Enqueue(read);
                    break;
            }
        }

        return fate;
    }

    // What is done with a value; it is replaced by what it has become there.
    private Fate Use(ref IOperation value)
    {
        while (value.Parent is { } parent)
        {
            switch (parent)
            {
                case IAwaitOperation or IConversionOperation or IParenthesizedOperation or IVariableInitializerOperation or IDelegateCreationOperation
                    or ICoalesceOperation or IConditionalAccessOperation or IInterpolationOperation or IInterpolatedStringOperation or IBinaryOperation
                    or IDeclarationExpressionOperation:
                    break;
                case IConditionalOperation choice when choice.Condition != value && choice.Syntax is ExpressionSyntax:
                    break;
                case IVariableDeclaratorOperation:
                    value = parent;
                    return Fate.Kept;
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation } assignment when assignment.Value == value:
                    value = assignment;
                    return Fate.Kept;
                case IExpressionStatementOperation or IThrowOperation:
                    return Fate.Dropped;
                case IUsingOperation:
                    return Fate.Dropped;
                // What a delegate gives back is what runs it gives back.
                case IReturnOperation { Parent: IBlockOperation { Parent: IAnonymousFunctionOperation lambda } }:
                    value = lambda;
                    continue;
                // A task without a result carries no answer.
                case IReturnOperation:
                    return IsInFailure(parent.Syntax) || IsPlainTask(value.Type) ? Fate.Dropped : Fate.Returned;
                case IInvocationOperation run when value is IAnonymousFunctionOperation:
                    break;
                case IArgumentOperation { Parent: { } taker } argument:
                    if (UseAsArgument(argument, taker) is { } fate)
                        return fate;
                    value = taker;
                    continue;
                case IPropertyReferenceOperation or IInvocationOperation when IsAboutSuccess(parent):
                    return Fate.Dropped;
                case IPropertyReferenceOperation or IInvocationOperation when IsInFailure(parent.Syntax):
                    return Fate.Dropped;
                case IPropertyReferenceOperation:
                    break;
                case IInvocationOperation call when call.Instance == value:
                    NoteType(call);
                    break;
                default:
                    return Fate.Used;
            }

            value = parent;
        }

        return Fate.Dropped;
    }

    // Null: what it is given to gives something back, and that is what counts.
    private Fate? UseAsArgument(IArgumentOperation argument, IOperation taker)
    {
        if (IsInFailure(taker.Syntax))
            return Fate.Dropped;
        switch (taker)
        {
            case IObjectCreationOperation { Type: { } made }:
                return IsException(made) ? Fate.Dropped : null;
            case IInvocationOperation call:
                NoteType(call);
                // Delegates are run; what is told to a log or a console answers nothing.
                if (argument.Value.Unwrap() is IAnonymousFunctionOperation)
                    return model.EntriesOf(call.TargetMethod).Any(e => e.Role is CatalogueRole.ResilientExecute or CatalogueRole.RunsDelegate) || call.Type.IsTask() ? null : Fate.Used;
                return call.TargetMethod.ReturnsVoid || IsPlainTask(call.Type) ? Fate.Dropped : null;
            default:
                return Fate.Used;
        }
    }

    private static bool IsPlainTask(ITypeSymbol? returned) => returned.IsTask() && returned is INamedTypeSymbol { IsGenericType: false };

    // ReadFromJsonAsync<Order>(), Deserialize<Order>(text)
    private void NoteType(IInvocationOperation call)
    {
        if (call.TargetMethod is { TypeArguments.Length: 1, ReturnsVoid: false } && !model.Declares(call.TargetMethod) && !IsRun(call))
            type = call.TargetMethod.TypeArguments[0];
        else if (call.TargetMethod is { TypeArguments.IsEmpty: true, ReturnType: INamedTypeSymbol { TypeArguments.Length: 1 } task } && task.IsTask()
            && !model.Declares(call.TargetMethod) && task.TypeArguments[0] is var given && given.SpecialType == SpecialType.None && call.TargetMethod.Name.StartsWith("ReadAs", StringComparison.Ordinal))
            type = given;
    }

    private bool IsRun(IInvocationOperation call) =>
        model.EntriesOf(call.TargetMethod).Any(e => e.Role is CatalogueRole.ResilientExecute or CatalogueRole.RunsDelegate);

    private static ISymbol? VariableOf(IOperation place) => place switch
    {
        IVariableDeclaratorOperation declarator => declarator.Symbol,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } => local,
        _ => null,
    };

    private IEnumerable<IOperation> ReadsOf(ISymbol variable, IOperation place)
    {
        if (place.SemanticModel is not { } semantics || place.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } body)
            yield break;
        foreach (var name in body.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (name.Identifier.ValueText == variable.Name
                && !(name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name)
                && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(name, cancellation).Symbol, variable)
                && semantics.GetOperation(name, cancellation) is { } read)
                yield return read;
    }

    // if (!answer.IsSuccessStatusCode) { … }: what is read there is told, and goes nowhere else.
    private bool IsInFailure(SyntaxNode place)
    {
        for (var (child, parent) = (place, place.Parent); parent != null && child is not MemberDeclarationSyntax; (child, parent) = (parent, parent.Parent))
            switch (parent)
            {
                case CatchClauseSyntax or ThrowStatementSyntax or ThrowExpressionSyntax:
                    return true;
                case IfStatementSyntax choice when child == choice.Statement && Succeeds(choice.Condition) == false:
                    return true;
                case ElseClauseSyntax { Parent: IfStatementSyntax outer } when Succeeds(outer.Condition) == true:
                    return true;
            }

        return false;
    }

    private bool? Succeeds(ExpressionSyntax condition) => condition switch
    {
        ParenthesizedExpressionSyntax inner => Succeeds(inner.Expression),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => !Succeeds(not.Operand),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both => Succeeds(both.Left) ?? Succeeds(both.Right),
        MemberAccessExpressionSyntax access when model.SemanticsOf(access.SyntaxTree).GetSymbolInfo(access, cancellation).Symbol is IPropertySymbol property
            && model.EntriesOf(property).Any(entry => entry.Role == CatalogueRole.StatusCode && entry.Has("success")) => true,
        _ => null,
    };

    private static bool IsException(ITypeSymbol type)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (t is { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
                return true;
        return false;
    }

    private bool IsAboutSuccess(IOperation use) => use switch
    {
        IPropertyReferenceOperation property => model.Find(property.Property, CatalogueRole.AnswerStatus) != null,
        IInvocationOperation call => call.Instance != null && model.Find(call.TargetMethod, CatalogueRole.AnswerStatus) != null,
        _ => false,
    };

    private enum Fate
    {
        /// <summary>Nothing is done with what it says.</summary>
        Dropped,

        /// <summary>It is held by a variable.</summary>
        Kept,

        /// <summary>The function gives it back.</summary>
        Returned,

        /// <summary>What it says is used.</summary>
        Used,
    }
}
