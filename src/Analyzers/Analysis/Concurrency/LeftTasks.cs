using AgentLint.Analysis.Summaries;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>Work that is started and that no code waits for.</summary>
/// <param name="Start">The call that starts it.</param>
/// <param name="Whole">The expression whose task is left: the call, with what is chained to it.</param>
/// <param name="IsObserved">Whether something that is chained to it looks at how it ended.</param>
internal sealed record LeftTask(IInvocationOperation Start, ExpressionSyntax Whole, bool IsObserved);

/// <summary>
/// Finds tasks that are left alone: thrown away, never read, or put into a list that nothing reads. A task that is kept in a member,
/// given back or handed on
/// is not one of them, whatever becomes of it there.
/// </summary>
internal sealed class LeftTasks(AgentModel model)
{
    private readonly CatalogueQuery starts = model.Query(entry => (entry.Role == CatalogueRole.RunsDelegate && entry.Has("apart"))
        || (entry.Role == CatalogueRole.ActivityCall && entry["waits"] == null));

    public static LeftTasks Of(AgentModel model) => model.Shared(m => new LeftTasks(m));

    /// <summary>The tasks of one file that may do remote work and are left alone, in the order of the text.</summary>
    public IEnumerable<LeftTask> In(SemanticModel semantics, CancellationToken cancellation)
    {
        var tree = semantics.SyntaxTree;
        var names = RemoteNames.Of(model, cancellation).In(tree, cancellation).Where(IsLeft)
            .Concat(starts.In(tree, cancellation, where: IsLeft).Select(use => use.Name))
            .Distinct().OrderBy(name => name.SpanStart);
        foreach (var name in names)
            if (semantics.OperationOf(name, cancellation) is IInvocationOperation start && start.Type.IsTask()
                && model.Find(start.TargetMethod, CatalogueRole.Continuation) == null
                && At(start, WholeOf(CallOf(name)!), semantics, cancellation) is { } left)
                yield return left;
    }

    private LeftTask? At(IInvocationOperation start, ExpressionSyntax whole, SemanticModel semantics, CancellationToken cancellation)
    {
        if (semantics.GetTypeInfo(whole, cancellation).Type is not { } type || !(type.IsTask() || IsConfigured(type)))
            return null;
        var isLeft = whole.Parent switch
        {
            ExpressionStatementSyntax => true,
            AssignmentExpressionSyntax assignment =>
                semantics.GetOperation(assignment, cancellation) is ISimpleAssignmentOperation { Target: IDiscardOperation },
            ArrowExpressionClauseSyntax or LambdaExpressionSyntax => ReturnsNothing(whole, semantics, cancellation),
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } => IsNeverRead(variable, semantics, cancellation),
            ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax list } } } => IsOnlyFilled(list, semantics, cancellation),
            _ => false,
        };
        return isLeft ? new LeftTask(start, whole, IsObserved(start, whole)) : null;
    }

    // ---- by the text ---------------------------------------------------------------------------------------------------------

    private static bool IsLeft(SimpleNameSyntax name) => CallOf(name) is { } call && WholeOf(call) is { Parent: var around } whole
        && around switch
    {
        ExpressionStatementSyntax => true,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax
            or ArrowExpressionClauseSyntax or LambdaExpressionSyntax } assignment => assignment.Right == whole,
        ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax { ReturnType: PredefinedTypeSyntax }
            or LocalFunctionStatementSyntax { ReturnType: PredefinedTypeSyntax } } => true,
        LambdaExpressionSyntax { Parent: ArgumentSyntax or AssignmentExpressionSyntax or EqualsValueClauseSyntax } lambda =>
            lambda.AsyncKeyword.IsKind(SyntaxKind.None),
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax } variable } =>
            IsNamedOnce(variable),
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: IdentifierNameSyntax } } } => true,
        _ => false,
    };

    private static InvocationExpressionSyntax? CallOf(SimpleNameSyntax name)
    {
        SyntaxNode callee = name.Parent is MemberAccessExpressionSyntax access
            && access.Name == name ? access : name.Parent is MemberBindingExpressionSyntax binding ? binding : name;
        return callee.Parent is InvocationExpressionSyntax call && call.Expression == callee ? call : null;
    }

    // SendAsync().ContinueWith(…).ConfigureAwait(false), client?.SendAsync()
    private static ExpressionSyntax WholeOf(ExpressionSyntax call)
    {
        while (true)
            switch (call.Parent)
            {
                case ParenthesizedExpressionSyntax outer:
                    call = outer;
                    break;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "ContinueWith" or "AsTask"
                    or "Unwrap", Parent: InvocationExpressionSyntax chained } access when access.Expression == call:
                    call = chained;
                    break;
                case ConditionalAccessExpressionSyntax conditional when conditional.WhenNotNull == call:
                    call = conditional;
                    break;
                default:
                    return call;
            }
    }

    // As far as the text shows it: a variable that is named again may be read.
    private static bool IsNamedOnce(VariableDeclaratorSyntax variable) =>
        variable.FirstAncestorOrSelf<SyntaxNode>(node => node is CompilationUnitSyntax
            || (node is MemberDeclarationSyntax and not GlobalStatementSyntax)) is { } member
        && !member.DescendantNodes().OfType<IdentifierNameSyntax>().Any(use => use.Identifier.ValueText == variable.Identifier.ValueText
            && !IsThrownAway(use));

    private static bool IsThrownAway(IdentifierNameSyntax use) =>
        use.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } } discard
            && discard.Right == use;

    // ---- bound ---------------------------------------------------------------------------------------------------------------

    private static bool IsConfigured(ITypeSymbol type) => type is { Name: "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable" };

    private static bool ReturnsNothing(ExpressionSyntax body, SemanticModel semantics, CancellationToken cancellation) => body.Parent switch
    {
        LambdaExpressionSyntax lambda => semantics.GetSymbolInfo(lambda, cancellation).Symbol is IMethodSymbol { ReturnsVoid: true }
            && semantics.GetTypeInfo(lambda, cancellation).ConvertedType is { TypeKind: TypeKind.Delegate },
        ArrowExpressionClauseSyntax { Parent: { } function } =>
            semantics.GetDeclaredSymbol(function, cancellation) is IMethodSymbol { ReturnsVoid: true },
        _ => false,
    };

    private static bool IsNeverRead(VariableDeclaratorSyntax variable, SemanticModel semantics, CancellationToken cancellation) =>
        semantics.GetDeclaredSymbol(variable, cancellation) is ILocalSymbol { IsUsing: false };

    // tasks.Add(SendAsync()), and nothing else is done with the list.
    private static bool IsOnlyFilled(IdentifierNameSyntax list, SemanticModel semantics, CancellationToken cancellation)
    {
        if (semantics.GetOperation(list, cancellation) is not ILocalReferenceOperation { Local: var local } reference || local.IsForEach
            || local.RefKind != RefKind.None
            || local.InitializerOf(semantics, cancellation)?.Unwrap() is not (IObjectCreationOperation or ICollectionExpressionOperation))
            return false;
        foreach (var operation in reference.Top().Descendants())
            if (operation is ILocalReferenceOperation other && SymbolEqualityComparer.Default.Equals(other.Local, local)
                && !(other.Parent is IInvocationOperation { TargetMethod.Name: "Add" } add && add.Instance == other))
                return false;
        return true;
    }

    // ContinueWith(task => … task.Exception …), and what runs only when the task has failed.
    private static bool IsObserved(IInvocationOperation start, ExpressionSyntax whole)
    {
        for (var chained = start.Parent; chained != null && whole.Span.Contains(chained.Syntax.Span); chained = chained.Parent)
            if (chained is IInvocationOperation { TargetMethod.Name: "ContinueWith" } continuation
                && continuation.Arguments.Any(LooksAtEnd))
                return true;
        return false;
    }

    private static bool LooksAtEnd(IArgumentOperation argument) => argument.Value.Unwrap() switch
    {
        IMethodReferenceOperation => true,
        IAnonymousFunctionOperation { Symbol.Parameters: { IsEmpty: false } parameters } lambda =>
            lambda.Body.Descendants().Any(operation =>
                operation is IParameterReferenceOperation use && SymbolEqualityComparer.Default.Equals(use.Parameter, parameters[0])
                && !IsOfSuccess(use)),
        var options => options.DescendantsAndSelf().Any(part =>
            part is IFieldReferenceOperation { Field.Name: "OnlyOnFaulted" or "NotOnRanToCompletion" }),
    };

    // What asks whether the task has succeeded, or takes its result where no handler is, does not see it fail.
    private static bool IsOfSuccess(IParameterReferenceOperation task) =>
        task.Parent is IPropertyReferenceOperation { Property.Name: "IsCompletedSuccessfully" }
        || (task.Parent is IPropertyReferenceOperation { Property.Name: "Result" } result && !IsTried(result));

    private static bool IsTried(IOperation operation)
    {
        for (var around = operation; around.Parent is { } parent; around = parent)
            if (parent is ITryOperation { Catches.IsEmpty: false } tried && tried.Body == around)
                return true;
        return false;
    }
}
