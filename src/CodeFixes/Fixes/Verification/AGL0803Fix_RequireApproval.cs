using System.Collections.Immutable;
using System.Composition;
using AgentLint.Editing;
using AgentLint.Rules.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Verification;

/// <summary>Has a person asked before a tool runs.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0803Fix_RequireApproval)), Shared]
public sealed class AGL0803Fix_RequireApproval()
    : AgentCodeFix(AGL0803_UnguardedDestructiveTool.Rule, "Require approval (the program must answer the request)")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var edits = new NodeEdits();
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax call)
                edits.Add(call, old => context.Expression($"new ApprovalRequiredAIFunction({old.WithoutTrivia()})").WithTriviaFrom(old));
        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }
}
