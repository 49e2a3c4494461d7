using AgentLint.Analysis.Calls;
using AgentLint.Analysis;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Rules.Isolation;

/// <summary>A remote call is started for every item of a sequence at once.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AGL0401_UnboundedFanOut() : AgentAnalyzer(Rule)
{
    internal static readonly Rule Rule = Rule.Define(
        "AGL0401",
        "UnboundedFanOut",
        "A remote call is started for every item at once",
        "'{0}' starts the {1} '{2}'{3} for every item at once, and {4}: limit how many run at the same time",
        "A long input uses up all connections and the model's rate limit at once, and delays every other caller.",
        DiagnosticSeverity.Warning);

    private protected override void Register(RuleContext context) => context.OnFile(file =>
    {
        if (TestPlaces.Of(file.Model, file.Cancellation).Contains(file.Semantics.SyntaxTree))
            return;
        foreach (var fanOut in new UnboundedFanOuts(file.Model, file.Semantics, file.Settings.CallDepth, file.Cancellation).In())
        {
            var place = CodePlace.Of(fanOut.Group.Join.Syntax, file.Semantics, file.Model, file.Cancellation);
            var site = fanOut.Group.Join.Syntax is InvocationExpressionSyntax { Expression: var callee } ? callee : fanOut.Group.Join.Syntax;
            file.Report(
                Rule,
                site,
                file.SeverityOf(site, fanOut.Size.Kind is SizeKind.Caller or SizeKind.Model ? Mitigations.None : Mitigations.Uncertain),
                fanOut.Work.Witness.Locations.Prepend(fanOut.Branch.Code.Syntax.GetLocation()).Distinct(),
                Witness.NameOf(place.Member),
                fanOut.Work.Entry.Noun(),
                fanOut.Work.Witness.TargetName,
                fanOut.Work.Witness.IsIndirect ? $" ({fanOut.Work.Witness.Describe(place.Member)})" : "",
                Decider(fanOut.Size));
        }
    });

    private static string Decider(SequenceSize size) => (size.Kind, size.What) switch
    {
        (SizeKind.Caller, { } what) => $"'{what}' comes from the caller",
        (SizeKind.Model, { } what) => $"a model decides the number through '{what}'",
        (_, { } what) => $"the length of '{what}' is known only at run time",
        _ => "their number is known only at run time",
    };
}
