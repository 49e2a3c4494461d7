using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Rules.Configuration;

/// <summary>A line of a catalogue file that cannot be read: without a report, its declaration would be missing silently.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL9002_UnreadableCatalogueLine() : RuleAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL9002",
        "UnreadableCatalogueLine",
        "Catalogue line cannot be read",
        "{0}, so the line declares nothing",
        "Files named AgentLint.*.txt among the AdditionalFiles declare a project's own agents, tools and calls. A line that cannot be read has no effect.",
        DiagnosticSeverity.Warning,
        options: new RuleOption("report_unknown_symbols", "false", "Whether a line that names a type or member missing from the compilation is reported too. Files shared by several projects contain such lines."));

    private protected override void Start(AnalysisContext context) =>
        context.RegisterAdditionalFileAction(file =>
        {
            if (!UserCatalogues.IsCatalogue(file.AdditionalFile)
                || file.AdditionalFile.GetText(file.CancellationToken) is not { } text
                || UserCatalogues.Read(file.AdditionalFile, file.CancellationToken) is not { } catalogue)
                return;
            foreach (var error in catalogue.Errors)
                Report(error.Span, error.Problem);
            if (!new RuleSettings(file.Options.AnalyzerConfigOptionsProvider.GetOptions(file.AdditionalFile)).Flag(Rule, "report_unknown_symbols"))
                return;
            foreach (var entry in catalogue.Entries)
                if (UnknownIn(entry, file.Compilation) is { } unknown)
                    Report(text.Lines[entry.Line - 1].Span, $"'{unknown}' is not in this compilation");

            void Report(TextSpan span, string problem) => file.ReportDiagnostic(
                Diagnostic.Create(Rule.Descriptor, Location.Create(file.AdditionalFile.Path, span, text.Lines.GetLinePositionSpan(span)), problem));
        });

    private static string? UnknownIn(CatalogueEntry entry, Compilation compilation)
    {
        if (CatalogueGrammar.TargetOf(entry.Role) == CatalogueTarget.Name)
            return null;
        var types = compilation.GetTypesByMetadataName(entry.Type);
        return types.IsEmpty
            ? entry.Type
            : entry.Members.FirstOrDefault(member => !member.EndsWith("*", StringComparison.Ordinal) && types.All(type => type.GetMembers(member).IsEmpty)) is { } missing
                ? entry.Type + "." + missing
                : null;
    }
}
