using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>A value that a function gives back after a failure.</summary>
/// <param name="Value">The value.</param>
/// <param name="Function">The function.</param>
/// <param name="Roles">What the function is to models, engines and hosts.</param>
/// <param name="IsPart">Whether it is one element of a sequence: what was given before stays given.</param>
/// <param name="IsOfAnswer">Whether the work asks a model or an agent, whose answer is what success gives.</param>
/// <param name="IsMissingElsewhere">Whether the same value is shown to be given where there is nothing to give.</param>
internal sealed record GivenValue(IOperation Value, IMethodSymbol Function, MethodRoles Roles, bool IsPart = false, bool IsOfAnswer = false, bool IsMissingElsewhere = false);

/// <summary>
/// Tells whether callers can tell a value that stands for a failure from the results of success: by what else the function gives back, and by what its visible
/// callers do with it.
/// </summary>
internal sealed class GivenResults(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    /// <summary>What a statement gives back, or gives as the next element.</summary>
    public static ExpressionSyntax? ValueOf(StatementSyntax statement) => (statement as ReturnStatementSyntax)?.Expression ?? (statement as YieldStatementSyntax)?.Expression;

    /// <summary>Whether a value that a failure leaves behind is taken for a result. What is true or false is a question of its own.</summary>
    /// <param name="given">The value.</param>
    /// <param name="kind">What it looks like.</param>
    /// <param name="caller">A caller that takes it for a result; null where that follows from the value alone.</param>
    public bool IsTakenForResult(GivenValue given, EmptyValue kind, out SimpleNameSyntax? caller)
    {
        caller = null;
        return kind switch
        {
            EmptyValue.None => false,
            EmptyValue.Null => (given.Roles & MethodRoles.Tool) != 0 || (caller = CallerThatTakesNullForNothing(given)) != null,
            EmptyValue.FailureText => IsTextForData(given, out caller),
            // An empty text is what every caller may test for.
            EmptyValue.Text => !(CallersOf(given.Function) is { Count: > 0 } callers && callers.All(site => site.Use == ResultUse.Checked)),
            _ => true,
        };
    }

    // Whether a text about a failure stands where the data is expected. What a model or a client is told is for them to read.
    private bool IsTextForData(GivenValue given, out SimpleNameSyntax? caller)
    {
        caller = null;
        if ((given.Roles & MethodRoles.Root) != 0 || given.Function.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation)
            || OtherResults(given.Value) is not { Count: > 0 } others || others.All(other => other.ConstantValue.HasValue))
            return false;
        // Nothing reads a stream but what asked for it; a method that gives back one text may be a tool that is made by reflection, unless it asks a model itself.
        if (given.IsPart)
            return true;
        var callers = new ResultUses(model, cancellation, ofText: true).Of(given.Function);
        if (callers.Count == 0)
            return given.IsOfAnswer;
        caller = callers.FirstOrDefault(site => site.Use is ResultUse.Trusted or ResultUse.Defaulted).Call ?? callers.FirstOrDefault(site => site.Use == ResultUse.Passed).Call;
        return caller != null;
    }

    // A caller that takes null for nothing, where the function gives it back also when there is nothing.
    private SimpleNameSyntax? CallerThatTakesNullForNothing(GivenValue given) =>
        given.IsMissingElsewhere || OtherResults(given.Value).Any(MayBeMissing) ? FirstCaller(given.Function, ResultUse.Defaulted, ResultUse.Trusted) : null;

    /// <summary>What else the function around a value gives back, outside of handlers.</summary>
    public List<IOperation> OtherResults(IOperation own)
    {
        var function = FlowGraphs.FunctionAround(own.Syntax);
        if (function == null || semantics.GetOperation(function, cancellation) is not { } body)
            return [];
        var root = body is IAnonymousFunctionOperation { Body: var inner } ? inner : body;
        return
        [
            .. ValueSources.ReturnedIn(root)
                .Where(value => (own is ILocalReferenceOperation || !value.Syntax.Span.Contains(own.Syntax.Span)) && value.Syntax.FirstAncestorOrSelf<CatchClauseSyntax>() == null)
                .Select(Plain),
        ];
    }

    /// <summary>The visible callers of a function.</summary>
    public IReadOnlyList<ResultSite> CallersOf(IMethodSymbol function) =>
        function.MethodKind is MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation ? new ResultUses(model, cancellation).Of(function) : [];

    /// <summary>The first caller that makes one of these uses of the result.</summary>
    public SimpleNameSyntax? FirstCaller(IMethodSymbol function, params ResultUse[] uses) => CallersOf(function).FirstOrDefault(site => uses.Contains(site.Use)).Call;

    /// <summary>
    /// A caller for which <c>false</c> is that there is nothing: it gives that back as an answer, or does not do what it would have done.
    /// </summary>
    public SimpleNameSyntax? CallerThatSkips(IMethodSymbol function)
    {
        var callers = CallersOf(function);
        return callers.FirstOrDefault(site => GivesAnswerWhereFalse(site.Call)).Call ?? callers.FirstOrDefault(site => site.Use == ResultUse.Defaulted).Call;
    }

    /// <summary>Whether a caller turns <c>false</c> into an answer: <c>if (!await ExistsAsync()) return true;</c>.</summary>
    public bool GivesAnswerWhereFalse(SimpleNameSyntax call)
    {
        SyntaxNode node = call;
        while (node.Parent is MemberAccessExpressionSyntax or InvocationExpressionSyntax or AwaitExpressionSyntax or ParenthesizedExpressionSyntax)
            node = node.Parent;
        if (node.Parent is not PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Parent: IfStatementSyntax { Else: null, Statement: var branch } test } not
            || test.Condition != not
            || (branch is BlockSyntax { Statements: { Count: 1 } only } ? only[0] : branch) is not ReturnStatementSyntax { Expression: { } answer })
            return false;
        var around = model.SemanticsOf(call.SyntaxTree);
        return new EmptyValues(model, around, cancellation).Of(around.GetOperation(answer, cancellation)) is EmptyValue.True or EmptyValue.Collection or EmptyValue.Number;
    }

    private static bool MayBeMissing(IOperation value) =>
        value is { ConstantValue: { HasValue: true, Value: null } } or IConditionalAccessOperation || value.Unwrap() is IInvocationOperation or IAwaitOperation or ILocalReferenceOperation;

    private static IOperation Plain(IOperation value) =>
        value.Unwrap() is IInvocationOperation { TargetMethod: { Name: "FromResult", IsStatic: true } made, Arguments: { Length: 1 } given } && made.ContainingType.IsTask()
            ? given[0].Value.Unwrap()
            : value.Unwrap();
}
