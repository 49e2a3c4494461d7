using AgentLint.Catalogue;
using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;

namespace AgentLint.Fixes.Retries;

/// <summary>A policy that only executes synchronously, and everything in the document that has to change for it to be an asynchronous one.</summary>
/// <param name="Creations">Where it is made: calls whose method has an asynchronous twin.</param>
/// <param name="Type">The type that it is declared with; null where none is written.</param>
/// <param name="Uses">What it executes.</param>
internal sealed record SynchronousPolicy(IReadOnlyList<(InvocationExpressionSyntax Call, string Variant)> Creations, TypeSyntax? Type, IReadOnlyList<ExecuteUse> Uses)
{
    /// <summary>The policy behind a use; null where it comes from elsewhere, or does something else as well.</summary>
    public static async Task<SynchronousPolicy?> OfAsync(ExecuteUse use, FixContext context)
    {
        if (Creation(use.Receiver, context) is { } inline)
            return new SynchronousPolicy([inline], null, [use]);
        var symbol = context.Semantics.GetSymbolInfo(use.Receiver, context.Cancellation).Symbol;
        if (symbol is not (ILocalSymbol or IFieldSymbol { DeclaredAccessibility: Accessibility.Private })
            || symbol.DeclaringSyntaxReferences is not [var declaration]
            || await declaration.GetSyntaxAsync(context.Cancellation).ConfigureAwait(false) is not VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } declared } variable
            || declaration.SyntaxTree != context.Root.SyntaxTree)
            return null;
        var creations = new List<(InvocationExpressionSyntax, string)>();
        var uses = new List<ExecuteUse>();
        if (variable.Initializer?.Value is { } initial)
        {
            if (Creation(initial, context) is not { } created)
                return null;
            creations.Add(created);
        }

        foreach (var found in await SymbolFinder.FindReferencesAsync(symbol, context.Document.Project.Solution, context.Cancellation).ConfigureAwait(false))
            foreach (var location in found.Locations)
            {
                if (location.Document.Id != context.Document.Id)
                    return null;
                var name = context.Root.FindNode(location.Location.SourceSpan, getInnermostNodeForTie: true);
                ExpressionSyntax? reference = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } qualified ? qualified : name as IdentifierNameSyntax;
                if (reference?.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment && assignment.Left == reference && Creation(assignment.Right, context) is { } assigned)
                    creations.Add(assigned);
                else if (reference?.Parent is MemberAccessExpressionSyntax { Name: var method } && Executes(method, context) is { } other)
                    uses.Add(other);
                else
                    return null;
            }

        return creations.Count > 0 ? new SynchronousPolicy(creations, declared.Type.IsVar ? null : declared.Type, uses) : null;
    }

    public void Edit(NodeEdits edits)
    {
        foreach (var (call, variant) in Creations)
            edits.Add(call, c => AwaitSyntax.Rename(c, variant));
        var name = Type?.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().FirstOrDefault(n => AsyncTypeOf(n.Identifier.ValueText) != null);
        if (name != null)
            edits.Add(name, n => n.ReplaceToken(n.Identifier, SyntaxFactory.Identifier(n.Identifier.LeadingTrivia, AsyncTypeOf(n.Identifier.ValueText)!, n.Identifier.TrailingTrivia)));
        foreach (var use in Uses)
            edits.Add(use.Call, c => AwaitSyntax.Rename(c, use.Variant));
    }

    private static ExecuteUse? Executes(SimpleNameSyntax method, FixContext context) =>
        context.Semantics.GetSymbolInfo(method, context.Cancellation).Symbol is { Name: "Execute" } execute
        && context.Model.EntriesOf(execute).FirstOrDefault(e => e.Role == CatalogueRole.ResilientExecute && e.Has("blocking")) is { } entry
            ? ExecuteUse.At(method, entry["async"], context)
            : null;

    // Policy.Handle<E>().WaitAndRetry(…), perhaps with a key.
    private static (InvocationExpressionSyntax Call, string Variant)? Creation(ExpressionSyntax value, FixContext context)
    {
        while (value is ParenthesizedExpressionSyntax parenthesized)
            value = parenthesized.Expression;
        if (value is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call)
            return null;
        if (context.Semantics.GetSymbolInfo(call, context.Cancellation).Symbol is IMethodSymbol method && context.Model.Find(method, CatalogueRole.Retry)?["async"] is { } variant)
            return (call, variant);
        return member.Name.Identifier.ValueText == "WithPolicyKey" ? Creation(member.Expression, context) : null;
    }

    private static string? AsyncTypeOf(string type) => type switch
    {
        "Policy" or "RetryPolicy" => "Async" + type,
        "ISyncPolicy" => "IAsyncPolicy",
        _ => null,
    };
}
