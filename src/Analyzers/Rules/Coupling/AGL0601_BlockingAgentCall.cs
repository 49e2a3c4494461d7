using AgentLint.Analysis;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Rules.Coupling;

/// <summary>A thread is blocked while a model, an agent, a tool or another remote service works.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0601_BlockingAgentCall() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0601",
        "BlockingAgentCall",
        "Agent code blocks its thread while it waits",
        "{0} blocks its thread with '{1}'{2} {3}",
        "A model takes seconds to answer. A blocked thread does no other work in that time: under load the thread pool runs out of threads, and with a synchronization context the program can deadlock.",
        DiagnosticSeverity.Warning,
        options: new RuleOption("report_unproven", "true", "Whether blocking on work that is not shown to leave the process is reported, as a suggestion."));

    private protected override void Register(RuleContext context)
    {
        context.OnUse(BlockingCalls.Blocks, Check);
        context.OnFile(CheckHelpers);
    }

    // A synchronous method that blocks is a fault of those who call it where others wait.
    private static void CheckHelpers(FileContext context)
    {
        var said = new HashSet<(ISymbol Caller, ISymbol Helper)>();
        foreach (var (name, path, remote) in BlockingHelpers.Of(context.Model).CallsIn(context.Semantics.SyntaxTree, context.Cancellation))
            if (CodePlace.Of(name, context.Semantics, context.Model, context.Cancellation) is { IsAwaitedByOthers: true, IsTest: false } place && said.Add((place.Member, path.Steps[0].Named)))
                Report(context, name, place, true, name.Identifier.ValueText, $" for the {remote.Noun()} '{path.TargetName}' ({path.Describe(place.Member)})", "it", path);
    }

    private static void Check(UseContext context)
    {
        var blocking = BlockingCalls.Of(context.Model);
        if (blocking.At(context.Use, context.Semantics, context.Cancellation) is not { } call || call.Tasks.Any(task => IsDeadRetry(task, context.Model)))
            return;
        var place = CodePlace.Of(context.Use.Name, context.Semantics, context.Model, context.Cancellation);
        if (place.Kind == PlaceKind.SynchronousTwin || (place.Kind == PlaceKind.EntryPoint && !place.IsAsync)
            || (place is { Kind: PlaceKind.Helper, Member: IMethodSymbol function } && CodePlace.IsOfEntryPointAlone(function, context.Model, context.Cancellation)))
            return;

        if (call.IsSleep)
        {
            // A thread of the pool that synchronous work was given is its own.
            if (RunsApart(context))
                return;
            // Pacing in synchronous code is a decision; in code that others await it is a thread lost.
            var mayDelay = place.Kind is PlaceKind.AsyncCode or PlaceKind.Root;
            if (mayDelay || (place.Member is IMethodSymbol helper && CodePlace.IsCalledFromAsyncCode(helper, context.Model, context.Cancellation)))
                Report(context, context.Use.Name, place, mayDelay, Witness.NameOf(context.Use.Symbol), "", VariantOf(context.Use.Entry));
            return;
        }

        if (blocking.RemoteBehind(call, context.Semantics, context.Settings.CallDepth, context.Cancellation) is { } remote)
        {
            if (call.IsWait)
                Report(context, context.Use.Name, place, place.IsAwaitedByOthers, context.Use.Name.Identifier.ValueText, $" for the {remote.Entry.Noun()} '{remote.Witness.TargetName}'{PathOf(remote, place)}", "it", remote.Witness);
            // A synchronous program may well use the synchronous half of an HTTP or mail client.
            else if (place.IsAwaitedByOthers || remote.Entry.Role is CatalogueRole.ModelCall or CatalogueRole.AgentCall or CatalogueRole.ToolCall or CatalogueRole.McpCall)
                Report(context, context.Use.Name, place, place.IsAwaitedByOthers, Witness.NameOf(context.Use.Symbol), $" for the {remote.Entry.Noun()}", VariantOf(context.Use.Entry), remote.Witness);
            return;
        }

        // An event or a stream that nothing remote is known to stand behind may be set, or read, on this machine.
        if (context.Use.Entry.Has("signal") || context.Use.Entry.Has("of-stream"))
            return;
        var starts = blocking.StartedBy(call, context.Semantics, context.Cancellation).ToList();
        var isLocal = starts.Count > 0 && starts.All(blocking.StaysLocal);
        var mayAwait = place.Kind is PlaceKind.AsyncCode or PlaceKind.Root;
        // A task of unknown origin in synchronous code may well have ended.
        if ((!mayAwait && (isLocal || starts.Count == 0)) || !context.Settings.Flag(Rule, "report_unproven"))
            return;
        Report(
            context,
            context.Use.Name,
            place,
            mayAwait && !isLocal && starts.Count > 0,
            context.Use.Name.Identifier.ValueText,
            starts.Count > 0 ? $" for '{Witness.NameOf(starts[0])}'" : " for a task",
            "it");
    }

    // Task.Run(() => { Thread.Sleep(1000); … })
    private static bool RunsApart(UseContext context) =>
        context.Use.Name.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is { AsyncKeyword.RawKind: 0, Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } }
        && context.Model.Find(context.Semantics.GetSymbolInfo(call, context.Cancellation).Symbol, CatalogueRole.RunsDelegate)?.Has("apart") == true;

    // AGL0206 reports policy.Execute(() => SendAsync()).Result: what mends that awaits it.
    private static bool IsDeadRetry(IOperation task, AgentModel model) =>
        task is IInvocationOperation execute && model.Find(execute.TargetMethod, CatalogueRole.ResilientExecute)?.Has("blocking") == true;

    // The member of the same type, or Type.Member of another one.
    private static string VariantOf(CatalogueEntry entry)
    {
        if (entry["async"] is not { } name)
            return "it";
        var parts = name.Split('.');
        return $"'{string.Join(".", parts.Skip(parts.Length - 2))}'";
    }

    private static string PathOf(Effect remote, CodePlace place) =>
        remote.Witness.IsIndirect ? $" ({remote.Witness.Describe(place.Member)})" : "";

    private static void Report(FileContext context, SyntaxNode node, CodePlace place, bool isProven, string with, string what, string instead, Witness? path = null)
    {
        var name = place.NameOf(context.Model, context.Cancellation);
        context.ReportOncePerLine(
            Rule, node, context.SeverityOf(node, isProven ? Mitigations.None : Mitigations.Uncertain, ~Mitigations.OneClient), path?.Locations ?? [], char.ToUpperInvariant(name[0]) + name.Substring(1), with, what,
            IsInLock(node) ? "inside a lock, where 'await' is not allowed: use a 'SemaphoreSlim'" : $"instead of awaiting {instead}");
    }

    private static bool IsInLock(SyntaxNode node) => node.FirstAncestorOrSelf<SyntaxNode>(around => around is LockStatementSyntax or AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax) is LockStatementSyntax;
}
