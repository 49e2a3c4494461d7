using System.Globalization;
using AgentLint.Analysis.Agents;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Coupling;

/// <summary>Agents wait for each other in a chain: the first caller waits for the sum of their answers, and for each of their failures.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0603_DeepAgentChain() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0603",
        "DeepAgentChain",
        "Agents wait for each other in a long chain",
        "'{0}' starts a chain of {1} agents that wait for each other ({2}){3}, with no queue, workflow or durable step in between",
        "Each agent in a chain adds its own latency and its own failures, and keeps all agents before it waiting. When one of them fails or stalls, the work of the others is lost.",
        DiagnosticSeverity.Warning,
        options:
        [
            new RuleOption("max_depth", "3", "The number of agents from which a chain is reported. A chain of twice as many is a warning."),
            new RuleOption("seconds_per_hop", "0", "How many seconds an agent takes to answer: the message then states the total for the chain. 0 leaves it out."),
        ]);

    private protected override void Register(RuleContext context) => context.OnFile(Check);

    private static void Check(FileContext context)
    {
        foreach (var chain in AgentGraph.ChainsIn(context.Semantics.SyntaxTree, LimitOf(context.Settings), context.Model, context.Cancellation))
            context.Report(
                Rule,
                chain.Site,
                chain.Agents >= 2 * LimitOf(context.Settings) ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info,
                chain.Path.Where(edge => edge.Site != chain.Site).Select(edge => edge.Site.GetLocation()),
                chain.Names[0],
                chain.Agents,
                chain.Describe(),
                LatencyOf(chain, context.Settings.Number(Rule, "seconds_per_hop")));
    }

    internal static bool IsDeep(AgentChain chain, RuleSettings settings) => chain.Agents >= LimitOf(settings);

    // One agent is no chain.
    private static int LimitOf(RuleSettings settings) => Math.Max(2, settings.Number(Rule, "max_depth"));

    private static string LatencyOf(AgentChain chain, int secondsPerHop) =>
        secondsPerHop > 0 ? string.Format(CultureInfo.InvariantCulture, ", about {0} s at {1} s per hop", (long)chain.Agents * secondsPerHop, secondsPerHop) : "";
}
