using AgentLint.Analysis.Core;
using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;

namespace AgentLint.Rules;

/// <summary>Why few authors would act on a finding that is true. One of them makes a suggestion of a warning.</summary>
[Flags]
internal enum Mitigations
{
    None = 0,

    /// <summary>The evidence shows that the fault may happen, not that it does.</summary>
    Uncertain = 1,

    /// <summary>What is called offers nothing to mend it with, as an API that takes no key.</summary>
    NoRemedy = 2,

    /// <summary>One person uses the program, at a console or in a window, and sees what happens.</summary>
    OnePerson = 4,

    /// <summary>One client on the same machine has started the server.</summary>
    OneClient = 8,

    /// <summary>The other side is a server on this machine.</summary>
    LocalPeer = 16,

    /// <summary>A test runner is the only caller.</summary>
    Test = 32,

    /// <summary>Only the start of a service runs it, and the person who starts it sees that it fails or waits.</summary>
    Startup = 64,

    /// <summary>What counts unless a rule says otherwise: what a program is put together with at its start matters all the time.</summary>
    Usual = ~Startup,
}

/// <summary>
/// What severity a finding has. A warning is a promise: the fault is proven, this program can meet it, and its author can mend it. All rules
/// decide that here, by the structure of the program; docs/severity.md states it for users.
/// </summary>
internal static class SeverityPolicy
{
    /// <summary>The severity of a finding in a file.</summary>
    /// <param name="context">The file.</param>
    /// <param name="place">The code that is reported.</param>
    /// <param name="known">The mitigations that the rule itself has found.</param>
    /// <param name="counting">Those that count for the rule's question.</param>
    public static DiagnosticSeverity SeverityOf(this FileContext context, SyntaxNode place, Mitigations known = Mitigations.None, Mitigations counting = Mitigations.Usual)
    {
        var found = known | StructureOf(context, place);
        if ((counting & Mitigations.Startup) != 0 && Entrances.Of(context.Model).IsOfStartAlone(place, context.Cancellation))
            found |= Mitigations.Startup;
        return Decide(found, counting, context.Settings);
    }

    /// <summary>The severity that some mitigations leave.</summary>
    public static DiagnosticSeverity Decide(Mitigations found, Mitigations counting, RuleSettings settings) =>
        (found & counting) == Mitigations.None || settings.WarnsAnyway ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info;

    /// <summary>The mitigations that follow from the structure of the program and from where the code stands.</summary>
    public static Mitigations StructureOf(FileContext context, SyntaxNode place)
    {
        var found = HostOf(context) switch
        {
            HostKind.Console or HostKind.Desktop => Mitigations.OnePerson,
            HostKind.LocalServer => Mitigations.OneClient,
            _ => Mitigations.None,
        };
        return context.Semantics.GetEnclosingSymbol(place.SpanStart, context.Cancellation) is { } member && Entrances.Of(context.Model).IsOfTests(member, context.Cancellation)
            ? found | Mitigations.Test
            : found;
    }

    private static HostKind HostOf(FileContext context) =>
        Enum.TryParse<HostKind>(context.Settings.Host, ignoreCase: true, out var stated) && Enum.IsDefined(typeof(HostKind), stated)
            ? stated
            : ProgramHost.Of(context.Model, context.Cancellation);
}
