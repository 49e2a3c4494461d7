using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Isolation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Rules.Isolation;

/// <summary>Every call creates a client with its own sockets, connection or process.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0407_ClientMadePerCall() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0407",
        "ClientMadePerCall",
        "A client is created for every call",
        "'{0}' creates {1} for each {5}{2}{3}: it holds {4}; reuse one client",
        "A client holds the sockets, connection or process that it needs. A client created for each call opens them every time, and under load they run out.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var client in new ClientsPerCall(file.Model, file.Semantics, file.Cancellation).In())
        {
            var place = CodePlace.Of(client.Made.Syntax, file.Semantics, file.Model, file.Cancellation);
            file.ReportOncePerLine(
                Rule,
                client.Made.Syntax,
                file.SeverityOf(client.Made.Syntax, client.IsDisposed || (client.Holder == null && client.Entrance?.Root == null) ? Mitigations.Uncertain : Mitigations.None),
                client.Entrance?.Locations ?? [],
                client.Holder?.Name ?? Witness.NameOf(place.Member),
                client.Made switch
                {
                    IObjectCreationOperation { Type: { } type } => $"a new '{type.Name}'",
                    IInvocationOperation call => $"a client with '{Witness.NameOf(call.TargetMethod)}'",
                    _ => "a client",
                },
                client.IsDisposed ? "" : " and never disposes it",
                client.Entrance is { } entrance ? $", which is reached {entrance.Text}" : ", and the objects are made for each request",
                client.Entry["holds"] ?? "a connection",
                client.Holder == null ? "call" : "of its objects");
        }
    });
}
