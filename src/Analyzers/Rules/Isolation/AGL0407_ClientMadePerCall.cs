using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Model;
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

    private protected override void Register(RuleContext context) => context.OnUse(ClientsPerCall.Makes, Check);

    private static void Check(UseContext context)
    {
        if (context.Model.IsTestProject || new ClientsPerCall(context.Model, context.Semantics, context.Cancellation).At(context.Use) is not { } client)
            return;
        var place = CodePlace.Of(context.Use.Name, context.Semantics, context.Model, context.Cancellation);
        context.ReportOncePerLine(
            Rule,
            client.Made.Syntax,
            client.IsDisposed || client.Entrance.Root == null ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning,
            client.Entrance.Locations,
            Witness.NameOf(place.Member),
            client.Made is IObjectCreationOperation { Type: { } type } ? $"a new '{type.Name}'" : $"a client with '{Witness.NameOf(context.Use.Symbol)}'",
            client.IsDisposed ? "" : " and never disposes it",
            client.Entrance.Text,
            client.Entry["holds"] ?? "a connection");
    }
}
