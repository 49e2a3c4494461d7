using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>Finds statements that mark an item as done: a member, a function that keeps one, an entry where the item was looked for before.</summary>
internal sealed class DoneMarks(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    private readonly ImmutableHashSet<string> doneWords =
        model.Catalogue.Of(CatalogueRole.DoneWord).Select(entry => entry.Type).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The mark that a statement sets on an item that some work was done with; null where it sets none.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="work">The work: a block, or a call.</param>
    public SyntaxNode? In(StatementSyntax statement, SyntaxNode work)
    {
        if (statement is not ExpressionStatementSyntax { Expression: var expression })
            return null;
        switch (expression)
        {
            case AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax item } target } assignment
                when IsMentioned(item, work) && semantics.GetTypeInfo(assignment.Left, cancellation).Type is { } type:
                var says = type.SpecialType == SpecialType.System_Boolean
                    ? semantics.GetConstantValue(assignment.Right, cancellation) is { HasValue: true, Value: true } && IsDoneFlag(target.Name.Identifier.ValueText)
                    : type.TypeKind == TypeKind.Enum
                        ? assignment.Right is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } && HasDoneWord(member)
                        : semantics.GetConstantValue(assignment.Right, cancellation) is { HasValue: true, Value: string text } && HasDoneWord(text);
                return says ? assignment : null;
            case AwaitExpressionSyntax or InvocationExpressionSyntax
                when (expression is AwaitExpressionSyntax awaited ? awaited.Expression : expression) is InvocationExpressionSyntax call
                && NameOf(call) is { } name
                && call.ArgumentList.Arguments.Any(argument => argument.DescendantNodes().OfType<IdentifierNameSyntax>().FirstOrDefault() is { } item && IsMentioned(item, work))
                && (SaysDone(name.Identifier.ValueText) || KeepsFlag(call) || IsAskedBefore(call, work)):
                return name;
            default:
                return null;
        }
    }

    private bool SaysDone(string method) => Words.Of(method) is { Count: > 1 } words && words[0] == "mark" && words.Skip(1).Any(doneWords.Contains);

    private bool IsDoneFlag(string member) => HasDoneWord(member) || IsAskedForOpen(member);

    // A function that sets such a flag of an object, and saves it.
    private bool KeepsFlag(InvocationExpressionSyntax call) =>
        semantics.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method && model.Declares(method) && CallGraph.Of(model).Resolve(method) is { } target
        && MethodBodies.Of(target, model, cancellation).Any(body => body.Descendants().Any(part => part is ISimpleAssignmentOperation
        {
            Target: IPropertyReferenceOperation { Property: { Type.SpecialType: SpecialType.System_Boolean } property, Instance: not IInstanceReferenceOperation },
            Value.ConstantValue: { HasValue: true, Value: true },
        } && model.Declares(property) && IsDoneFlag(property.Name)))
        && EffectSummaries.Of(model).Of(target, depth, cancellation).Effects.Any(effect => effect.Entry.Role == CatalogueRole.Effect && effect.Entry["kind"] is "save" or "update" or "upsert");

    // if (sent.Contains(item.Id)) continue; … sent.Add(item.Id): the same object is asked about the same item before the work.
    private static bool IsAskedBefore(InvocationExpressionSyntax call, SyntaxNode work) =>
        call is { Expression: MemberAccessExpressionSyntax { Expression: var keeper, Name: var kept }, ArgumentList.Arguments: { Count: > 0 } keys }
        && FlowGraphs.FunctionAround(work) is { } function
        && function.DescendantNodes().OfType<IfStatementSyntax>().Any(test => test.SpanStart < work.SpanStart
            && test.Statement.DescendantNodesAndSelf().Any(part => part is ContinueStatementSyntax or ReturnStatementSyntax)
            && test.Condition is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var asked, Name: var question }, ArgumentList.Arguments: { Count: > 0 } about }
            && question.Identifier.ValueText != kept.Identifier.ValueText
            && SyntaxFactory.AreEquivalent(asked, keeper) && SyntaxFactory.AreEquivalent(about[0].Expression, keys[0].Expression));

    // Where(item => !item.Handled), if (item.Handled) continue: what has the flag is not looked at again.
    private bool IsAskedForOpen(string flag)
    {
        foreach (var tree in model.Compilation.SyntaxTrees)
        {
            var index = NameIndex.Of(tree, cancellation);
            if (index.Mentions(flag) && index.Uses(flag, tree.GetRoot(cancellation)).Any(IsQuestion))
                return true;
        }

        return false;
    }

    private static bool IsQuestion(SimpleNameSyntax name) => name.Parent is MemberAccessExpressionSyntax access && access.Name == name && access.Parent switch
    {
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } => true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Right.RawKind: (int)SyntaxKind.FalseLiteralExpression } => true,
        IfStatementSyntax { Statement: var then } => then.DescendantNodesAndSelf().Any(part => part is ContinueStatementSyntax or ReturnStatementSyntax),
        _ => false,
    };

    private static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) =>
        call.Expression as SimpleNameSyntax ?? (call.Expression as MemberAccessExpressionSyntax)?.Name;

    private bool HasDoneWord(string name) => Words.Of(name).Any(doneWords.Contains);

    // The work is done with the item.
    private static bool IsMentioned(IdentifierNameSyntax item, SyntaxNode work) =>
        work.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == item.Identifier.ValueText);
}
