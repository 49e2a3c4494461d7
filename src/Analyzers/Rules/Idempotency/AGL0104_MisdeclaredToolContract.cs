using AgentLint.Analysis;
using AgentLint.Analysis.Writes;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Idempotency;

/// <summary>A tool declares that it only reads, can be repeated or destroys nothing, and its code contradicts that.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0104_MisdeclaredToolContract() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0104",
        "MisdeclaredToolContract",
        "A tool's code contradicts its declared hints",
        "'{0}' declares '{1}', but {2}: correct the hint or the code",
        "Hosts use a tool's hints to decide what to run without asking, what to repeat after a timeout and what a read-only server may offer. A hint that the code contradicts leads them to the wrong decision.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    // One report an attribute: the message names all that is broken, and the fix mends it.
    private static void Check(FileContext context)
    {
        foreach (var contract in ToolContracts.Of(context.Model).In(context.Semantics, context.Cancellation))
            if (BrokenPromises.Of(contract, context.Model, context.Settings.CallDepth, context.Cancellation) is { IsEmpty: false } broken && broken[0] is var first)
                context.Report(
                    Rule,
                    first.Hint.Site,
                    // A PUT may also make what was not there.
                    first is { Hint.Hint: ToolHint.Destructive, Write: { Replaces: true, Destroys: false, Text: null } } && broken.Length == 1 ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning,
                    first.Write.Effect.Witness.Locations,
                    Witness.NameOf(first.Tool),
                    string.Join(", ", broken.Select(promise => promise.Hint.Site.ToString())),
                    Describe(first));
    }

    private static string Describe(BrokenPromise broken)
    {
        var witness = broken.Write.Effect.Witness;
        var call = $"'{witness.TargetName}'" + (witness.IsIndirect ? $" ({witness.Describe(broken.Tool)})" : "");
        return (broken.Write.Text, broken.Hint.Hint) switch
        {
            ({ } text, _) => $"runs the text in '{text.Name}' with {call}",
            (_, ToolHint.ReadOnly) => "writes with " + call,
            (_, ToolHint.Idempotent) => broken.Write.Relative is { } member ? $"changes '{member}' again on every " + call : "takes effect again on every " + call,
            _ => (broken.Write.Replaces ? "replaces existing data with " : broken.Write.Effect.Entry.Has("overwrites") ? "overwrites data with " : "removes data with ") + call,
        };
    }
}
