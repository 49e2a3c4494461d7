using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis;
using AgentLint.Analysis.Branches;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Model;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.SharedState;

/// <summary>Lets each branch return what it has found, and adds all of it to the list when all have ended, in the order of the branches.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0706Fix_CollectResults)), Shared]
public sealed class AGL0706Fix_CollectResults()
    : AgentCodeFix(AGL0706_CapturedStateMutatedConcurrently.Rule, "Return the result of each branch and add all results at the end")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        var mended = new HashSet<SyntaxNode>();
        foreach (var found in BranchCode.Reported(context, diagnostics))
            Add(found, context, edits, mended);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }

    private static void Add(ConcurrentChange found, FixContext context, NodeEdits edits, HashSet<SyntaxNode> mended)
    {
        if (found is not { Changes: [{ Collection: not null } change], Group: { Entry: { Role: CatalogueRole.AwaitsAll }, Branches: [var branch] } group }
            || change.Step.Operation is not IInvocationOperation { TargetMethod.Name: "Add" or "AddRange", Arguments: [var argument], Instance.Syntax: IdentifierNameSyntax list, Instance.Type.Name: "List" } added
            || added.Syntax is not InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var value }] } call
            || FunctionOf(branch, context) is not { } function || !function.Span.Contains(call.Span)
            || BranchCode.Whole(call) is not { } whole
            || JoinOf(group) is not { } join
            || NamesOf(list.Identifier.ValueText, function).Count() != 1
            || function.DescendantNodes(node => node == function || !Functions.IsFunction(node)).Any(node => node is ReturnStatementSyntax or YieldStatementSyntax)
            || ((INamedTypeSymbol)added.Instance.Type).TypeArguments is not [var element]
            || !mended.Add(function) || !mended.Add(join))
            return;

        if (whole is ExpressionStatementSyntax statement)
        {
            // What comes after it would not be run any more.
            if (Functions.BodyOf(function) is not BlockSyntax block || block.Statements.LastOrDefault() != statement)
                return;
            edits.Add(statement, node => context.Statement($"return {((InvocationExpressionSyntax)node.Expression).ArgumentList.Arguments[0].Expression.WithoutTrivia().ToFullString()};").WithTriviaFrom(node));
        }
        else
        {
            edits.Add(call, node => node.ArgumentList.Arguments[0].Expression.WithoutTrivia().WithTriviaFrom(node));
        }

        var isMany = added.TargetMethod.Name == "AddRange";
        if (function is LocalFunctionStatementSyntax local)
        {
            // Others who start it would have its results as well, and no use for them.
            if (local.ReturnType is not IdentifierNameSyntax { Identifier.ValueText: "Task" } || NamesOf(local.Identifier.ValueText, BranchFrame.MemberAround(local)).Count() != 1)
                return;
            var type = (isMany ? argument.Value.Unwrap().Type : element)?.ToMinimalDisplayString(context.Semantics, local.SpanStart);
            edits.Add(local.ReturnType, node => SyntaxFactory.ParseTypeName($"Task<{type}>").WithTriviaFrom(node));
        }

        edits.Add(join, node => context.Expression(isMany ? $"{list}.AddRange(({node.WithoutTrivia().ToFullString()}).SelectMany(part => part))" : $"{list}.AddRange({node.WithoutTrivia().ToFullString()})").WithTriviaFrom(node));
    }

    private static IEnumerable<IdentifierNameSyntax> NamesOf(string name, SyntaxNode code) => code.DescendantNodes().OfType<IdentifierNameSyntax>().Where(node => node.Identifier.ValueText == name);

    // The asynchronous function that each branch is.
    private static SyntaxNode? FunctionOf(Branch branch, FixContext context)
    {
        var function = branch.Code switch
        {
            IAnonymousFunctionOperation lambda => lambda.Syntax,
            IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } method } => method.DeclaringSyntaxReferences[0].GetSyntax(context.Cancellation),
            _ => null,
        };
        return function != null && Functions.IsAsync(function) ? function : null;
    }

    // await Task.WhenAll(…);
    private static AwaitExpressionSyntax? JoinOf(BranchGroup group)
    {
        SyntaxNode task = group.Join.Syntax;
        while (task.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured })
            task = configured;
        return task.Parent is AwaitExpressionSyntax { Parent: ExpressionStatementSyntax } await ? await : null;
    }
}
