using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Deadlines;
using AgentLint.Editing;
using AgentLint.Rules.Deadlines;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Deadlines;

/// <summary>Passes the token in scope to the calls that go without it; a private function on the way is given a parameter for it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0301Fix_PassToken)), Shared]
public sealed class AGL0301Fix_PassToken() : AgentCodeFix(AGL0301_DroppedCancellationToken.Rule, "Pass the cancellation token")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var passing = new TokenPassing(context);
        foreach (var dropped in new DroppedTokens(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
            if (diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == dropped.Culprit.Name.Span))
                foreach (var call in dropped.Calls.Where(call => !call.HasAnother))
                    passing.Along(call.Path, TokenPassing.Expression(dropped.Token));
        return Task.FromResult(passing.Made());
    }
}
