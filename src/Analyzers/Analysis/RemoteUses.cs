using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis;

/// <summary>Where a program asks models and agents. Found once per compilation: what leads there is looked for from these places outwards.</summary>
internal static class RemoteUses
{
    /// <summary>The names of calls that are answered, in the order of the text.</summary>
    public static IEnumerable<SimpleNameSyntax> In(AgentModel model, CancellationToken cancellation)
    {
        var query = model.Query(entry => entry.Answers());
        return model.Compilation.SyntaxTrees.SelectMany(tree => query.In(tree, cancellation, name => Known(name, model, cancellation))).Select(use => use.Name);
    }

    // Overloads that answer alike are one to all that look from here.
    private static IMethodSymbol? Known(SimpleNameSyntax name, AgentModel model, CancellationToken cancellation) =>
        UnboundCalls.Of(model).At(name, cancellation) is { Candidates: var candidates }
        && candidates.Select(candidate => model.EntriesOf(candidate).Any(entry => entry.Answers())).Distinct().Count() == 1
            ? candidates[0]
            : null;
}
