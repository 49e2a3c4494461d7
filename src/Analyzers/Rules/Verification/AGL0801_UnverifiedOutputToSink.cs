using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Verification;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Verification;

/// <summary>What a model wrote is run, or names a file or a host, and nothing has checked it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0801_UnverifiedOutputToSink() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0801",
        "UnverifiedOutputToSink",
        "What a model wrote is run, or names a file or a host, unchecked",
        "{0} reaches '{1}'{2} unchecked: {3}",
        "A model writes what the texts that it reads make it write: a page, a mail or a ticket can put words into its mouth. Whatever runs its text, or lets it name files and hosts, does what a stranger says.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var flow in UnverifiedFlows.Of(context.Model)
            .In(context.Semantics.SyntaxTree, kind => kind is not (SinkKind.Parse or SinkKind.Store), context.Settings.CallDepth,
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

    /// <summary>The value and what gave it: <c>'answer' of 'IChatClient.GetResponseAsync'</c>.</summary>
    internal static string SourceOf(TaintFinding finding)
    {
        var value = finding.Value.Length > 0 ? $"'{finding.Value}'" : finding.Source.Origin == TaintOrigin.Answer ? "The answer"
            : "The argument";
        return finding.Source switch
        {
            { Origin: TaintOrigin.Argument, Symbol: IParameterSymbol { ContainingSymbol: { } tool } } =>
                $"{value}, which a model gives to '{Witness.NameOf(tool)}',",
            { Symbol: { } member } => $"{value} of '{Witness.NameOf(member)}'",
            _ => value,
        };
    }

    private static string CureOf(UnverifiedFlow flow) => flow.Sink.Kind switch
    {
        SinkKind.Sql => "pass values as parameters, or let the model choose from statements of your own",
        SinkKind.Process => "start a program of your own with an argument list and no shell, or ask a person first",
        SinkKind.Script => "run it in a sandbox, or ask a person first",
        SinkKind.Path when flow.Finding.Hit.HasPrefix =>
            "the comparison with the start of a root lets '..' or a sibling of the root pass; compare the full path with the root and its separator",
        SinkKind.Path => "compare its full path with a root and its separator, or keep only the file name",
        SinkKind.Address when flow.Finding.Hit.HasPrefix =>
            "the comparison with the start of an address lets other hosts pass; compare the host",
        SinkKind.Address => "compare its host with a list of hosts",
        _ => "encode it",
    };
}
