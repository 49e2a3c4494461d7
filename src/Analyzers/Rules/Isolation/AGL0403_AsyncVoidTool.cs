using AgentLint.Analysis;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Isolation;

/// <summary>A tool, handler or callback is <c>async void</c>: what runs it goes on before its remote work has ended.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0403_AsyncVoidTool() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0403",
        "AsyncVoidTool",
        "A tool, handler or callback is 'async void'",
        "'{0}' is 'async void': {1} before {2} has ended{3}{4}",
        "What returns nothing cannot be awaited. A model is told that the tool has succeeded before it has begun, and an exception after the first await has no caller to go to.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var found in new AsyncVoids(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var node = file.Semantics.SyntaxTree.GetRoot(file.Cancellation).FindNode(found.Place.SourceSpan, getInnermostNodeForTie: true);
            file.Report(
                Rule,
                found.Place,
                file.SeverityOf(node, MitigationsOf(found), found.Kind == AsyncVoidKind.Root
                    ? Mitigations.Usual & ~(Mitigations.OnePerson | Mitigations.OneClient) : Mitigations.Usual),
                found.Remote?.Witness.Locations ?? [],
                Witness.NameOf(found.Function),
                found.Kind switch
                {
                    AsyncVoidKind.Root => $"what runs it as {RoleOf(file, found)} goes on",
                    AsyncVoidKind.Event => "the event is over",
                    AsyncVoidKind.Constructor => $"the constructor hands out a '{found.Function.ContainingType.Name}'",
                    _ => "its caller goes on",
                },
                found.Remote is { } remote ? $"the {remote.Entry.Noun()} '{remote.Witness.TargetName}'" : "what it awaits",
                found.Remote is { Witness.IsIndirect: true } way ? $" ({way.Witness.Describe(found.Function)})" : "",
                found.IsHandled ? "" : ", and a failure in it ends the process");
        }
    });

    // The signature of an event's handler is fixed; and what awaits another project may wait for nothing remote.
    private static Mitigations MitigationsOf(AsyncVoid found) => found switch
    {
        { Kind: AsyncVoidKind.Event } => Mitigations.NoRemedy,
        { Kind: AsyncVoidKind.Constructor } or { Kind: AsyncVoidKind.Callback, Remote: null } => Mitigations.Uncertain,
        _ => Mitigations.None,
    };

    private static string RoleOf(FileContext file, AsyncVoid found) =>
        (file.Model.RolesOf(found.Function, file.Cancellation) & Model.MethodRoles.Tool) != 0 ? "a tool" : "a handler";
}
