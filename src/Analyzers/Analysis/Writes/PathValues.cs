using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// What a value at the end of a chain of calls may be: as its function shows it, and where that is a parameter, as the call on the way gives it.
/// </summary>
internal sealed class PathValues(Witness path, AgentModel model, CancellationToken cancellation)
{
    private const int MaxSteps = 64;

    private readonly ValueSources inFunctions = new(model, cancellation);

    /// <summary>The creations, calls, constants and parameters of the first function that a value may be.</summary>
    /// <param name="value">A value in one of the functions on the way.</param>
    /// <param name="isComplete">Whether it can be nothing else.</param>
    public IReadOnlyList<IOperation> Of(IOperation? value, out bool isComplete)
    {
        var found = new List<IOperation>();
        var seen = new HashSet<IParameterSymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        isComplete = value != null;
        if (value != null)
            open.Enqueue(value);
        for (var steps = 0; open.Count > 0 && steps < MaxSteps; steps++)
        {
            var sources = inFunctions.Of(open.Dequeue(), out var isKnown);
            isComplete &= isKnown;
            foreach (var source in sources)
                if (source is not IParameterReferenceOperation { Parameter: var parameter })
                    found.Add(source);
                else if (seen.Add(parameter.OriginalDefinition))
                {
                    if ((GivenBy(parameter) ?? inFunctions.GivenFor(parameter)) is { } argument)
                        open.Enqueue(argument);
                    else
                        found.Add(source);
                }
        }

        isComplete &= open.Count == 0;
        return found;
    }

    /// <summary>What a call on the way gives for a parameter; null where the function is the first one, or runs otherwise.</summary>
    public IOperation? GivenBy(IParameterSymbol parameter)
    {
        for (var i = path.Steps.Length - 2; i >= 0; i--)
        {
            var step = path.Steps[i];
            if (!SymbolEqualityComparer.Default.Equals(step.Target?.OriginalDefinition, parameter.ContainingSymbol?.OriginalDefinition)
                || !model.Compilation.ContainsSyntaxTree(step.Site.SyntaxTree))
                continue;
            var arguments = model.SemanticsOf(step.Site.SyntaxTree).GetOperation(step.Site, cancellation) switch
            {
                IInvocationOperation invocation => invocation.Arguments,
                IObjectCreationOperation creation => creation.Arguments,
                _ => [],
            };
            // The implementation of an interface may call its parameters otherwise.
            return arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal)?.Value;
        }

        return null;
    }
}
