using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Isolation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Rules.Isolation;

/// <summary>Every call makes a client of its own, with its own sockets, connection or process.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0407_ClientMadePerCall() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0407",
        "ClientMadePerCall",
        "Every call makes a client of its own",
        "'{0}' makes {1} for each call{2}, which is reached {3}: it holds {4}",
        "A client keeps what it needs to reach the other side. One that is made for each call opens it anew each time, and what is not closed at once runs out under load.",
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
                file.SeverityOf(client.Made.Syntax, client.IsDisposed || client.Entrance.Root == null ? Mitigations.Uncertain : Mitigations.None),
                client.Entrance.Locations,
                Witness.NameOf(place.Member),
                client.Made switch
                {
                    IObjectCreationOperation { Type: { } type } => $"a new '{type.Name}'",
                    IInvocationOperation call => $"a client with '{Witness.NameOf(call.TargetMethod)}'",
                    _ => "a client",
                },
                client.IsDisposed ? "" : " and never disposes it",
                client.Entrance.Text,
                client.Entry["holds"] ?? "a connection");
        }
    });
}
