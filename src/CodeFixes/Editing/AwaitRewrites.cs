using AgentLint.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing;

/// <summary>What to await in the place of a blocking call.</summary>
internal sealed class AwaitRewrites(FixContext context, FileHabits habits, TypeNames types)
{
    private readonly SemanticModel semantics = context.Semantics;
    private readonly CancellationToken cancellation = context.Cancellation;

    /// <summary>The await that says the same; null where there is none.</summary>
    public AwaitSite? Of(BlockingCall call)
    {
        var name = call.Use.Name;
        if (name.Parent is MemberBindingExpressionSyntax)
            return null;
        ExpressionSyntax member = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        if (Functions.StartsConditionally(member))
            return null;
        var invocation = member.Parent is InvocationExpressionSyntax parent && parent.Expression == member ? parent : null;
        if (call.IsSleep)
            return invocation == null ? null : Delay(invocation, call.Use.Entry["async"]);
        if (!call.IsWait)
            return invocation == null ? null : new AsyncVariants(context, habits).Of(invocation, call.Use.Entry["async"]);
        return (call.Use.Symbol, member, invocation) switch
        {
            (IPropertySymbol, MemberAccessExpressionSyntax result, null) => Result(result),
            (IMethodSymbol { IsStatic: true }, _, { } all) => Together(all, call.Use.Entry["async"]),
            (IMethodSymbol { Name: "Wait" }, MemberAccessExpressionSyntax wait, { } waiting) => Wait(wait, waiting),
            (IMethodSymbol { Name: "GetResult" }, MemberAccessExpressionSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetAwaiter" } getter } }, { } getting) =>
                Task(getting, getter.Expression, wrapsExceptions: false),
            _ => null,
        };
    }

    private AwaitSite Result(MemberAccessExpressionSyntax result)
    {
        var site = Task(result, result.Expression, wrapsExceptions: semantics.GetTypeInfo(result.Expression, cancellation).Type is { IsReferenceType: true });
        if (result.Parent is not AnonymousObjectMemberDeclaratorSyntax { NameEquals: null } declarator)
            return site;
        // new { task.Result } takes the name of its member from the property.
        return site with
        {
            Edit = edits =>
            {
                site.Edit(edits);
                edits.Add(declarator, d => d.WithoutLeadingTrivia().WithNameEquals(SyntaxFactory.NameEquals(
                    SyntaxFactory.IdentifierName(result.Name.Identifier.WithTrailingTrivia(SyntaxFactory.Space)),
                    SyntaxFactory.Token([], SyntaxKind.EqualsToken, [SyntaxFactory.Space]))).WithLeadingTrivia(d.GetLeadingTrivia()));
            },
        };
    }

    private AwaitSite? Wait(MemberAccessExpressionSyntax wait, InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        if (arguments.Count == 0)
            return Task(call, wait.Expression, wrapsExceptions: true);
        // Wait(timeout) says whether the task has ended; no await does.
        if (arguments.Count != 1 || !TokenInScope.IsToken(semantics.GetTypeInfo(arguments[0].Expression, cancellation).Type))
            return null;
        return Renamed(call, "WaitAsync", wrapsExceptions: true);
    }

    // Task.WaitAll(a, b) → await Task.WhenAll(a, b)
    private AwaitSite? Together(InvocationExpressionSyntax call, string? variant)
    {
        if (variant == null || semantics.GetSymbolInfo(call, cancellation).Symbol is not IMethodSymbol method)
            return null;
        var arguments = call.ArgumentList.Arguments;
        var last = arguments.LastOrDefault();
        var token = last != null && TokenInScope.IsToken(semantics.GetTypeInfo(last.Expression, cancellation).Type) ? last : null;
        var isTimed = method.Parameters.Any(p => p.Ordinal > 0 && !TokenInScope.IsToken(p.Type));
        // WaitAny gives an index, WhenAny a task.
        if (isTimed || (!method.ReturnsVoid && call.Parent is not ExpressionStatementSyntax) || arguments.Any(a => a.NameColon != null))
            return null;
        if (token == null)
            return Renamed(call, variant, wrapsExceptions: method.ReturnsVoid);
        if (arguments.Count != 2 || !HasWaitAsync())
            return null;
        return new AwaitSite(
            call,
            edits => edits.Add(call, rewritten =>
            {
                var tasks = AwaitSyntax.Rename(rewritten, variant);
                tasks = tasks.WithArgumentList(tasks.ArgumentList.WithArguments(SyntaxFactory.SingletonSeparatedList(tasks.ArgumentList.Arguments[0])));
                var waited = AwaitSyntax.Call(AwaitSyntax.Member(tasks.WithoutTrivia(), "WaitAsync"), rewritten.ArgumentList.Arguments[1].Expression);
                return AwaitSyntax.Await(waited, call, rewritten, habits.ConfiguresAwait);
            }),
            WrapsExceptions: method.ReturnsVoid);
    }

    private AwaitSite? Renamed(InvocationExpressionSyntax call, string name, bool wrapsExceptions)
    {
        var bound = AwaitSyntax.Rename(call, name);
        return semantics.GetSpeculativeSymbolInfo(call.SpanStart, bound, SpeculativeBindingOption.BindAsExpression).Symbol is IMethodSymbol { ReturnsVoid: false } found && found.ReturnType.IsTask()
            ? new AwaitSite(call, edits => edits.Add(call, rewritten => AwaitSyntax.Await(AwaitSyntax.Rename(rewritten, name), call, rewritten, habits.ConfiguresAwait)), wrapsExceptions)
            : null;
    }

    private bool HasWaitAsync() =>
        TaskTypes.Find(semantics.Compilation, "System.Threading.Tasks.Task")?.GetMembers("WaitAsync").OfType<IMethodSymbol>()
            .Any(m => m.Parameters is [var only] && TokenInScope.IsToken(only.Type)) == true;

    private AwaitSite? Delay(InvocationExpressionSyntax sleep, string? variant)
    {
        var dot = variant?.LastIndexOf('.') ?? -1;
        if (dot < 0 || TaskTypes.Find(semantics.Compilation, variant!.Substring(0, dot)) is not { } type || sleep.ArgumentList.Arguments.Count != 1)
            return null;
        return new AwaitSite(sleep, edits => edits.Add(sleep, rewritten =>
        {
            var callee = SyntaxFactory.ParseExpression(types.Spell(type, sleep.SpanStart) + variant.Substring(dot));
            var time = rewritten.ArgumentList.Arguments[0];
            var arguments = rewritten.ArgumentList.ReplaceNode(time, time.WithNameColon(null));
            if (TokenInScope.At(sleep, context) is { } token)
                arguments = arguments.With(SyntaxFactory.Argument(token));
            return AwaitSyntax.Await(SyntaxFactory.InvocationExpression(callee, arguments), sleep, rewritten, habits.ConfiguresAwait);
        }));
    }

    /// <summary>Awaits a task in the place of an expression that begins with it.</summary>
    private AwaitSite Task(ExpressionSyntax place, ExpressionSyntax task, bool wrapsExceptions)
    {
        var configure = habits.ConfiguresAwait && semantics.GetTypeInfo(task, cancellation).Type.IsTask();
        return new AwaitSite(
            place,
            edits =>
            {
                edits.MoveAbove(place, AwaitSyntax.CommentsLost(place, task), habits);
                edits.Add(place, rewritten => AwaitSyntax.Await(TaskIn(rewritten), place, rewritten, configure));
                PassToken(task, edits);
            },
            wrapsExceptions);
    }

    // What stands before Result, Wait() or GetAwaiter().GetResult().
    private static ExpressionSyntax TaskIn(ExpressionSyntax waiting)
    {
        var member = (MemberAccessExpressionSyntax)(waiting is InvocationExpressionSyntax call ? call.Expression : waiting);
        return member.Name.Identifier.ValueText == "GetResult"
            ? ((MemberAccessExpressionSyntax)((InvocationExpressionSyntax)member.Expression).Expression).Expression
            : member.Expression;
    }

    // To the call that made the task, below ConfigureAwait and AsTask.
    private void PassToken(ExpressionSyntax task, NodeEdits edits)
    {
        while (true)
            switch (task)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    task = parenthesized.Expression;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask" } wrapper }:
                    task = wrapper.Expression;
                    break;
                case InvocationExpressionSyntax call:
                    if (TokenInScope.At(call, context) is { } token && TokenArgument.For(call, token, semantics, cancellation) is { } argument)
                        edits.Add(call, c => c.WithArgumentList(c.ArgumentList.With(argument)));
                    return;
                default:
                    return;
            }
    }
}
