using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Observability;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Observability;

/// <summary>Console output in a program that uses its standard output for a protocol.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL1104_ConsoleInStdioServer() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL1104",
        "ConsoleInStdioServer",
        "Console output breaks the protocol of a stdio server",
        "{0} writes to standard output with '{1}'{2}, where the client of this server reads protocol messages; write to standard error",
        "A stdio server shares standard output with everything else that the process prints. A line that is not a protocol message ends the session in some clients, and is an error in all.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context)
    {
        context.OnFile(CheckTools);
        context.OnUse(entry => entry.Role == CatalogueRole.ConsoleOutput && !ConsoleWriter.Of(entry).WritesNow, CheckLogger);
    }

    private static void CheckTools(FileContext context)
    {
        foreach (var output in StdioServers.Of(context.Model).OfToolsIn(context.Semantics, context.Settings.CallDepth, context.Cancellation))
            context.ReportOncePerLine(
                Rule,
                output.Site,
                DiagnosticSeverity.Warning,
                output.Output.Witness.Locations.Skip(1),
                $"'{Witness.NameOf(output.Function)}'",
                output.Output.Witness.TargetName,
                output.Output.Witness.IsIndirect ? $" ({output.Output.Witness.Describe(output.Function)})" : "");
    }

    // Settings in a file, which are not seen here, can silence the loggers that a host brings along.
    private static void CheckLogger(UseContext context)
    {
        if (StdioServers.Of(context.Model).LogsBesideServer(context.Use, context.Semantics, context.Cancellation))
            context.Report(
                Rule,
                context.Use.Name,
                ConsoleWriter.Of(context.Use.Entry).IsHost ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning,
                [],
                "The logger of this server",
                Witness.NameOf(context.Use.Symbol),
                "");
    }
}
