using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint;

/// <summary>What a rule registers with. Reports are made in the order of the text.</summary>
internal sealed class RuleContext(CompilationStartAnalysisContext start, AgentModel model)
{
    public AgentModel Model { get; } = model;

    /// <summary>Calls back for every file.</summary>
    public void OnFile(Action<FileContext> action) => start.RegisterSemanticModelAction(file => action(new FileContext(file, Model)));

    /// <summary>Calls back for every use, in source, of the catalogue entries that are wanted.</summary>
    public void OnUse(Func<CatalogueEntry, bool> wanted, Action<UseContext> action)
    {
        var query = Model.Query(wanted);
        start.RegisterSemanticModelAction(file =>
        {
            foreach (var use in query.In(file.SemanticModel.SyntaxTree, file.CancellationToken))
                action(new UseContext(file, Model, use));
        });
    }
}

/// <summary>One file that a rule looks at.</summary>
internal class FileContext(SemanticModelAnalysisContext file, AgentModel model)
{
    public AgentModel Model { get; } = model;

    public SemanticModel Semantics => file.SemanticModel;

    public CancellationToken Cancellation => file.CancellationToken;

    public RuleSettings Settings { get; } = new(file.Options.AnalyzerConfigOptionsProvider.GetOptions(file.SemanticModel.SyntaxTree));

    public void Report(Rule rule, SyntaxNode node, DiagnosticSeverity severity, IEnumerable<Location> path, params object[] arguments) =>
        file.ReportDiagnostic(Diagnostic.Create(rule.Descriptor, node.GetLocation(), severity, path, properties: null, messageArgs: arguments));
}

/// <summary>One use of something the catalogue knows, and how to report it.</summary>
internal sealed class UseContext(SemanticModelAnalysisContext file, AgentModel model, CatalogueUse use) : FileContext(file, model)
{
    public CatalogueUse Use { get; } = use;
}
