using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis;
using AgentLint.Editing;
using AgentLint.Model;
using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Coupling;

/// <summary>Awaits what a thread was held for, and makes the functions on the way asynchronous.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0601Fix_AwaitInstead)), Shared]
public sealed class AGL0601Fix_AwaitInstead() : AgentCodeFix(AGL0601_BlockingAgentCall.Rule, Title)
{
    private const string Title = "Await instead of blocking";

    private protected override async Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var conversion = new AsyncConversion(context, habits, types);
        var rewrites = new AwaitRewrites(context, habits, types);
        var blocking = BlockingCalls.Of(context.Model);
        var uses = context.Model.Query(BlockingCalls.Blocks).In(context.Root.SyntaxTree, context.Cancellation).ToList();
        foreach (var diagnostic in diagnostics)
            if (uses.FirstOrDefault(use => use.Name.Span == diagnostic.Location.SourceSpan) is { Name: { } reported } first && await TryAddAsync(first).ConfigureAwait(false))
                foreach (var neighbour in uses)
                    if (neighbour.Name != reported && IsReportedWith(neighbour.Name, reported))
                        await TryAddAsync(neighbour).ConfigureAwait(false);
        if (conversion.Edits.IsEmpty)
            return null;
        var root = types.AddImports(conversion.Edits.Apply(context.Root), habits.EndOfLine);
        return new Edit(context.Document.WithSyntaxRoot(root), conversion.Extend(Title));

        async Task<bool> TryAddAsync(CatalogueUse use) =>
            blocking.At(use, context.Semantics, context.Cancellation) is { } call
            && rewrites.Of(call) is { } site
            && await conversion.TryAddAsync(site).ConfigureAwait(false);
    }

    // A line is reported once: what else blocks in it, or in the same statement, goes with it.
    private static bool IsReportedWith(SyntaxNode call, SyntaxNode reported) =>
        Functions.Around(call) == Functions.Around(reported)
        && (LineOf(call) == LineOf(reported) || call.FirstAncestorOrSelf<StatementSyntax>() is { } statement && statement == reported.FirstAncestorOrSelf<StatementSyntax>());

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line;
}
