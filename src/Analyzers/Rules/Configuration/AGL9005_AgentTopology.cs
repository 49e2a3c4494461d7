using System.Collections.Immutable;
using AgentLint.Analysis.Agents;
using AgentLint.Rules.Coupling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Configuration;

/// <summary>The graph of agents and their calls. The report carries it into the compiler's log, from which the package's targets write the file.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL9005_AgentTopology() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL9005",
        "AgentTopology",
        "Graph of a project's agents and their calls",
        "This project has {0} agents, {1} tools and {2} connections between them and what they reach",
        "Produced on request: dotnet build -p:AgentLintGraph=true writes it as a Mermaid flowchart.",
        DiagnosticSeverity.Info,
        property: "AgentLintGraph");

    private protected override void Register(RuleContext context)
    {
        if (!context.IsAskedFor(Rule.Property!))
            return;
        context.OnCompilation(end =>
        {
            var topology = AgentTopology.Of(context.Model, chain => AGL0603_DeepAgentChain.IsDeep(chain, SettingsOf(end, chain.Site.SyntaxTree)), end.CancellationToken);
            end.ReportDiagnostic(Diagnostic.Create(
                Rule.Descriptor,
                Location.None,
                ImmutableDictionary<string, string?>.Empty.Add(LoggedPicture.Property, LoggedPicture.OneLine(MermaidPicture.Draw(topology))),
                topology.Participants.Count(p => p.Kind == ParticipantKind.Agent),
                topology.Participants.Count(p => p.Kind == ParticipantKind.Tool),
                topology.Edges.Length));
        });
    }

    private static RuleSettings SettingsOf(CompilationAnalysisContext context, SyntaxTree tree) => new(context.Options.AnalyzerConfigOptionsProvider.GetOptions(tree));
}
