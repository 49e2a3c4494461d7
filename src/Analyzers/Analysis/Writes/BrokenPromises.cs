using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Writes;

/// <summary>A hint that a tool's code contradicts, and the write that does.</summary>
/// <param name="Hint">What is declared.</param>
/// <param name="Write">What contradicts it.</param>
/// <param name="Tool">The method.</param>
internal sealed record BrokenPromise(DeclaredHint Hint, Write Write, IMethodSymbol Tool);

/// <summary>Holds what tools declare against what they reach.</summary>
internal static class BrokenPromises
{
    /// <summary>The broken hints of a contract, in the order of the text, each with the nearest write of the first tool that breaks it.</summary>
    public static ImmutableArray<BrokenPromise> Of(ToolContract contract, AgentModel model, int depth, CancellationToken cancellation)
    {
        var promises = contract.Hints.Where(IsPromise).ToList();
        if (promises.Count == 0)
            return [];
        foreach (var tool in contract.Methods)
        {
            var writes = Writes.Of(model).ReachedFrom(tool, depth, cancellation).ToList();
            var broken = promises
                .Select(hint => (Hint: hint, Write: writes.FirstOrDefault(write => Breaks(write, hint.Hint, model, cancellation))))
                .Where(found => found.Write != null)
                .Select(found => new BrokenPromise(found.Hint, found.Write!, tool))
                .ToImmutableArray();
            if (!broken.IsEmpty)
                return broken;
        }

        return [];
    }

    // A hint that promises less than the code keeps is not broken.
    private static bool IsPromise(DeclaredHint hint) => hint.Value == (hint.Hint != ToolHint.Destructive);

    private static bool Breaks(Write write, ToolHint hint, AgentModel model, CancellationToken cancellation) =>
        write.Text != null
        || hint switch
        {
            ToolHint.ReadOnly => write.Changes,
            ToolHint.Idempotent => write.Repeats && !StateChecks.Precede(write.Effect.Witness, model, cancellation),
            _ => (write.Destroys || (write.Replaces && !StateChecks.Precede(write.Effect.Witness, model, cancellation))) && !IsUndo(write),
        };

    // What removes in a handler takes back what was begun.
    private static bool IsUndo(Write write) => write.Effect.Witness.Steps.Any(step => step.Site.FirstAncestorOrSelf<CatchClauseSyntax>() != null);
}
