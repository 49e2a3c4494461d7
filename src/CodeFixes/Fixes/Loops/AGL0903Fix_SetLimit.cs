using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Loops;
using AgentLint.Editing;
using AgentLint.Rules.Loops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace AgentLint.Fixes.Loops;

/// <summary>Sets the limit of a framework's loop that only words end.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0903Fix_SetLimit)), Shared]
public sealed class AGL0903Fix_SetLimit() : AgentCodeFix(AGL0903_SentinelOnlyTermination.Rule, Title)
{
    private const string Title = "Set a limit";

    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics) =>
        Task.FromResult(LoopLimits.Set(context, diagnostics, Title, loop => loop.By is UnlimitedBy.Sentinel));
}
