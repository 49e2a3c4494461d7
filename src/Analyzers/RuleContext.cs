using AgentLint.Baseline;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint;

/// <summary>What a rule registers with. Reports are made in the order of the text.</summary>
internal sealed class RuleContext(CompilationStartAnalysisContext start, AgentModel model, Reporter reporter)
{
    public AgentModel Model { get; } = model;

    /// <summary>Whether the build asks for something by a property that is <c>true</c>.</summary>
    public bool IsAskedFor(string property) =>
        start.Options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue("build_property." + property, out var value) && bool.TryParse(value, out var isAsked) && isAsked;

    /// <summary>Calls back once for the whole compilation. Its reports have no place: editors show none of them.</summary>
    public void OnCompilation(Action<CompilationAnalysisContext> action) => start.RegisterCompilationEndAction(action);

    /// <summary>Calls back for every file.</summary>
    public void OnFile(Action<FileContext> action)
    {
        var seen = reporter.NewAction();
        start.RegisterSemanticModelAction(file =>
        {
            action(new FileContext(file, Model, reporter, []));
            seen?.Invoke(file.SemanticModel.SyntaxTree);
        });
    }

    /// <summary>Calls back for every use, in source, of the catalogue entries that are wanted.</summary>
    public void OnUse(Func<CatalogueEntry, bool> wanted, Action<UseContext> action)
    {
        var query = Model.Query(wanted);
        var seen = reporter.NewAction();
        start.RegisterSemanticModelAction(file =>
        {
            var lines = new HashSet<int>();
            foreach (var use in query.In(file.SemanticModel.SyntaxTree, file.CancellationToken))
                action(new UseContext(file, Model, reporter, use, lines));
            seen?.Invoke(file.SemanticModel.SyntaxTree);
        });
    }
}

/// <summary>One file that a rule looks at. Knows which of its lines the rule has reported.</summary>
internal class FileContext(SemanticModelAnalysisContext file, AgentModel model, Reporter reporter, HashSet<int> lines)
{
    public AgentModel Model { get; } = model;

    public SemanticModel Semantics => file.SemanticModel;

    public CancellationToken Cancellation => file.CancellationToken;

    public RuleSettings Settings { get; } = new(file.Options.AnalyzerConfigOptionsProvider.GetOptions(file.SemanticModel.SyntaxTree));

    public void Report(Rule rule, SyntaxNode node, DiagnosticSeverity severity, IEnumerable<Location> path, params object[] arguments) =>
        Report(rule, node.GetLocation(), severity, path, arguments);

    public void Report(Rule rule, Location place, DiagnosticSeverity severity, IEnumerable<Location> path, params object[] arguments) =>
        reporter.Report(file, rule, place, severity, path, arguments);

    /// <summary>Reports a place, unless its line has been reported already. For rules whose fix mends the whole line.</summary>
    public void ReportOncePerLine(Rule rule, SyntaxNode node, DiagnosticSeverity severity, IEnumerable<Location> path, params object[] arguments)
    {
        if (lines.Add(node.GetLocation().GetLineSpan().StartLinePosition.Line))
            Report(rule, node, severity, path, arguments);
    }
}

/// <summary>One use of something the catalogue knows, and how to report it.</summary>
internal sealed class UseContext(SemanticModelAnalysisContext file, AgentModel model, Reporter reporter, CatalogueUse use, HashSet<int> lines) : FileContext(file, model, reporter, lines)
{
    public CatalogueUse Use { get; } = use;
}
