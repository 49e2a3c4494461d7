using AgentLint.Model;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint;

/// <summary>
/// Base of the rules about agent code. A compilation that references no library of the catalogue pays for one look at its references:
/// nothing is registered there.
/// </summary>
public abstract class AgentAnalyzer : RuleAnalyzer
{
    private protected AgentAnalyzer(params Rule[] rules)
        : base(rules)
    {
    }

    private protected sealed override void Start(AnalysisContext context) =>
        context.RegisterCompilationStartAction(start =>
        {
            if (AgentModel.TryGet(start.Compilation, start.Options, start.CancellationToken) is { } model)
                Register(new RuleContext(start, model, Reporter.For(Rules, start.Compilation, start.Options, start.CancellationToken)));
        });

    /// <summary>Says what the rule looks at. Called once per compilation that has a model.</summary>
    private protected abstract void Register(RuleContext context);
}
