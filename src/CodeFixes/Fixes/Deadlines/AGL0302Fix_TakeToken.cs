using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Deadlines;
using AgentLint.Editing;
using AgentLint.Rules.Deadlines;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Fixes.Deadlines;

/// <summary>Gives a tool a parameter for the token, which its framework fills, and passes it on to the remote work.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0302Fix_TakeToken)), Shared]
public sealed class AGL0302Fix_TakeToken() : AgentCodeFix(AGL0302_ToolWithoutCancellationToken.Rule, "Take a 'CancellationToken' and pass it on")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var passing = new TokenPassing(context);
        foreach (var found in new TokenlessTools(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
            if (diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == found.Site.SourceSpan) && passing.TakeToken(found.Tool))
                foreach (var work in found.AllWork)
                    passing.Along(work.Witness, SyntaxFactory.IdentifierName(TokenPassing.ParameterName));
        return Task.FromResult(passing.Made());
    }
}
