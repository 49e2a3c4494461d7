using AgentLint.Analysis;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Checks.CircuitBreaking;
using AgentLint.Analysis.Sharing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.CircuitBreaking;

/// <summary>A breaker or limiter is there, and its state never says anything: it is made again, kept for every key, or blind to its own
/// failures.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0502_PerCallPipeline() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0502",
        "PerCallPipeline",
        "The state of a breaker or limiter never accumulates",
        "'{0}' {1}: {2}",
        "A breaker opens after many failures and a limiter stops what is too much: both count over calls. One that is made for each call has counted nothing.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var state in new LostStates(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var place = CodePlace.Of(state.Site, file.Semantics, file.Model, file.Cancellation);
            file.ReportOncePerLine(
                Rule,
                state.Site,
                file.SeverityOf(state.Site, IsProven(state) ? Mitigations.None : Mitigations.Uncertain),
                state.Evidence,
                Witness.NameOf(place.Member),
                What(state),
                Consequence(state));
        }
    });

    // A lock for each key is small; what holds a breaker or a queue is not.
    private static bool IsProven(LostState state) => state.Fault switch
    {
        StateFault.Unbounded => state.IsBreaker,
        StateFault.Short => state.Life is not { Life: PolicyLife.Call, Entrance.Root: null },
        _ => true,
    };

    private static string What(LostState state)
    {
        var kind = state.IsBreaker ? "a circuit breaker" : "a limiter";
        return state switch
        {
            { Fault: StateFault.Unbounded } => $"keeps {kind} for every '{state.What}' and removes none",
            { Fault: StateFault.Blind } => $"adds {kind} that does not count '{state.What}'",
            { Life: { Life: PolicyLife.Object, Holder: { } holder } } =>
                $"builds {kind} for each '{holder.Name}', which the container makes for each call",
            { Life: { Life: PolicyLife.Request } } => $"builds {kind} for each request of the client",
            { Life.Entrance: { } entrance } => $"builds {kind} for each call, reached {entrance.Text}",
            _ => $"builds {kind} for each call",
        };
    }

    private static string Consequence(LostState state) => state switch
    {
        { Fault: StateFault.Unbounded } => "callers decide how many stay in memory",
        { Fault: StateFault.Blind } => "the timeout inside it never opens it",
        { IsBreaker: true } => "it starts closed each time and never opens",
        _ => "it counts one call and limits nothing",
    };
}
