using System.Collections.Immutable;
using System.Composition;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Retries;

/// <summary>Has a pipeline or policy execute asynchronous work asynchronously, so that it covers all of it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0206Fix_ExecuteAsync)), Shared]
public sealed class AGL0206Fix_ExecuteAsync() : AgentCodeFix(AGL0206_DeadRetry.Rule, Title)
{
    private const string Title = "Execute asynchronously";

    private protected override async Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var plan = new Plan(context);
        foreach (var use in context.Model.Query(entry => entry.Role == CatalogueRole.ResilientExecute && entry.Has("blocking")).In(context.Root.SyntaxTree, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == use.Name.Span) && ExecuteUse.At(use.Name, use.Entry["async"], context) is { } execute)
                await plan.TryAddAsync(execute).ConfigureAwait(false);
        return plan.Make();
    }

    private sealed class Plan
    {
        private readonly FixContext context;
        private readonly FileHabits habits;
        private readonly TypeNames types;
        private readonly AwaitRewrites rewrites;
        private readonly AsyncConversion conversion;
        private readonly HashSet<SyntaxNode> done = [];

        public Plan(FixContext context)
        {
            this.context = context;
            habits = FileHabits.Of(context.Root);
            types = new TypeNames(context);
            rewrites = new AwaitRewrites(context, habits, types);
            conversion = new AsyncConversion(context, habits, types);
        }

        public Task TryAddAsync(ExecuteUse use) =>
            done.Contains(use.Call) ? Task.CompletedTask
            : HasVariant(use) ? TryAddPipelineAsync(use)
            : TryAddPolicyAsync(use);

        public Edit? Make() => conversion.Edits.IsEmpty
            ? null
            : new Edit(
                context.Document.WithSyntaxRoot(types.AddImports(conversion.Edits.Apply(context.Root), habits.EndOfLine)),
                conversion.Extend(Title));

        private bool HasVariant(ExecuteUse use) =>
            context.Semantics.GetTypeInfo(use.Receiver, context.Cancellation).Type is { } type
            && !context.Semantics.LookupSymbols(use.Call.SpanStart, type, use.Variant).IsEmpty;

        private async Task TryAddPipelineAsync(ExecuteUse use)
        {
            if (PipelineCallback.Of(context, habits, types, use) is not { } callback)
                return;
            SyntaxNode[] synchronous = callback.Synchronous is { } lambda ? [lambda] : [];
            if (AwaitOf(use) is { } site)
            {
                if (await conversion.TryAddAsync([site], synchronous, callback.Edit).ConfigureAwait(false) || site.Place == use.Call)
                    return;
            }

            // What blocks where nothing can be awaited may go on doing so: it waits for all attempts then.
            await conversion.TryAddAsync([], synchronous, edits =>
            {
                callback.Edit(edits);
                if (!use.IsAwaited)
                    edits.Add((ExpressionSyntax)use.Call, call => AwaitSyntax.Call(AwaitSyntax.Member(call.WithoutTrivia(), "AsTask")).WithTriviaFrom(call));
            }).ConfigureAwait(false);
        }

        private async Task TryAddPolicyAsync(ExecuteUse use)
        {
            if (await SynchronousPolicy.OfAsync(use, context).ConfigureAwait(false) is not { } policy)
                return;
            var sites = policy.Uses.Select(AwaitOf).OfType<AwaitSite>().ToLookup(site => policy.Uses.Any(u => u.Call == site.Place));
            if (!await conversion.TryAddAsync(sites[true], [], policy.Edit).ConfigureAwait(false))
                return;
            done.UnionWith(policy.Uses.Select(u => u.Call));
            foreach (var blocking in sites[false])
                await conversion.TryAddAsync(blocking).ConfigureAwait(false);
        }

        /// <summary>The await that the result needs: nobody looks at it, or somebody holds a thread for it.</summary>
        private AwaitSite? AwaitOf(ExecuteUse use)
        {
            if (use.IsDropped(context.Semantics, context.Cancellation))
                return new AwaitSite(use.Call, edits => edits.Add((ExpressionSyntax)use.Call, call => AwaitSyntax.Await(call, use.Call, call, habits.ConfiguresAwait)));
            return use.Blocking(context) is { } blocking ? rewrites.Of(blocking) : null;
        }
    }
}
