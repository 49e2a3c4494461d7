using AgentLint.Analysis;
using AgentLint.Analysis.Checks.CircuitBreaking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.CircuitBreaking;

/// <summary>The text of an exception becomes a tool's result, a message of a conversation, or the answer to a request.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0504_ExceptionDetailsToModel() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0504",
        "ExceptionDetailsToModel",
        "Exception details are passed to a model or a client",
        "'{0}' passes {1} to {2}: log it, and return a fixed text that says what failed",
        "The text of an exception names servers, paths and code; a model repeats it to its users, it is sent to the model's provider, and it is treated as an answer.",
        DiagnosticSeverity.Warning,
        options: new RuleOption("messages", "false", "Whether the message of any exception is reported too, as a suggestion."));

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        var reportsMessages = file.Settings.Flag(Rule, "messages");
        foreach (var told in new ToldExceptions(file.Model, file.Semantics, file.Cancellation).In().Where(told => told.IsTrace || reportsMessages))
            file.Report(
                Rule,
                told.Detail,
                told.IsTrace ? file.SeverityOf(told.Handler) : DiagnosticSeverity.Info,
                [],
                Witness.NameOf(told.Function),
                told.IsTrace ? "an exception with its stack trace" : "the message of any exception",
                told.Reader switch
                {
                    ExceptionReader.Model => "the model",
                    ExceptionReader.Conversation => "the conversation",
                    _ => "the client",
                });
    });
}
