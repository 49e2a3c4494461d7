using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Verification;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Verification;

/// <summary>Text that a model wrote is executed, or names a file or a host, without a check.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0801_UnverifiedOutputToSink() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0801",
        "UnverifiedOutputToSink",
        "Model output is executed, or names a file or host, without a check",
        "{0} reaches '{1}'{2} without a check: {3}",
        "The texts that a model reads decide what it writes: a page, an email or a ticket can contain instructions for it. Code that runs the output, or uses it as a path or address, then follows the instructions of a stranger.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var flow in UnverifiedFlows.Of(context.Model)
            .In(context.Semantics.SyntaxTree, kind => kind is not (SinkKind.Parse or SinkKind.Store or SinkKind.Telemetry), context.Settings.CallDepth,
                context.Cancellation))
            context.ReportOncePerLine(
                Rule,
                flow.Finding.Site,
                context.SeverityOf(flow.Finding.Site, flow.IsProven ? Mitigations.None : Mitigations.Uncertain,
                    Mitigations.Uncertain | Mitigations.Test),
                flow.Places,
                SourceOf(flow.Finding),
                Witness.NameOf(flow.Finding.Hit.Member),
                flow.Way,
                CureOf(flow));
    }

    /// <summary>The value and what gave it: <c>'answer' from 'IChatClient.GetResponseAsync'</c>.</summary>
    internal static string SourceOf(TaintFinding finding)
    {
        var value = finding.Value.Length > 0 ? $"'{finding.Value}'" : finding.Source.Origin == TaintOrigin.Answer ? "The answer"
            : "The argument";
        return finding.Source switch
        {
            { Origin: TaintOrigin.Argument, Symbol: IParameterSymbol { ContainingSymbol: { } tool } } =>
                $"{value}, which a model passes to '{Witness.NameOf(tool)}',",
            { Symbol: { } member } => $"{value} from '{Witness.NameOf(member)}'",
            _ => value,
        };
    }

    private static string CureOf(UnverifiedFlow flow) => flow.Sink.Kind switch
    {
        SinkKind.Sql => "pass values as parameters, or let the model choose among fixed statements",
        SinkKind.Process => "start a fixed program with an argument list and no shell, or ask a person first",
        SinkKind.Script => "run it in a sandbox, or ask a person first",
        SinkKind.Path when flow.Finding.Hit.HasPrefix =>
            "a prefix comparison accepts '..' and siblings of the root; compare the full path with the root and its separator",
        SinkKind.Path => "compare its full path with a root and its separator, or keep only the file name",
        SinkKind.Address when flow.Finding.Hit.HasPrefix =>
            "a prefix comparison accepts other hosts; compare the host",
        SinkKind.Address => "compare its host with a list of allowed hosts",
        _ => "encode it",
    };
}
