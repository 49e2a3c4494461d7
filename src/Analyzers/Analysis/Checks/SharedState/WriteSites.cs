using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>A call that leads to a write: the write itself, or a call of a method that makes it.</summary>
/// <param name="Write">The write.</param>
/// <param name="Way">The calls from the write outwards, without the write. Empty where the write itself is meant.</param>
internal readonly record struct WriteSite(IInvocationOperation Write, ImmutableArray<IInvocationOperation> Way)
{
    /// <summary>The outermost call.</summary>
    public IInvocationOperation Site => Way.IsEmpty ? Write : Way[Way.Length - 1];

    /// <summary>What is given for a parameter of a method on the way; null where another function declares it.</summary>
    public static IOperation? Given(IParameterSymbol parameter, ImmutableArray<IInvocationOperation> way, out ImmutableArray<IInvocationOperation> rest)
    {
        for (var i = 0; i < way.Length; i++)
            if (way[i].Arguments.FirstOrDefault(argument => argument.Parameter is { } taken && taken.Ordinal == parameter.Ordinal && taken.Name == parameter.Name) is { } given)
            {
                rest = way.RemoveRange(0, i + 1);
                return given.Value;
            }

        rest = [];
        return null;
    }
}

/// <summary>Finds the calls that lead to a write, through the few methods that stand between a function and its store: a repository, a <c>Save</c> of its own.</summary>
internal sealed class WriteSites(AgentModel model)
{
    private const int MaxSteps = 2;
    private const int MaxSites = 400;

    public static WriteSites Of(AgentModel model) => model.Shared(m => new WriteSites(m));

    /// <summary>The write itself, and the calls of the methods that make it, the nearest first.</summary>
    public IEnumerable<WriteSite> LeadingTo(IInvocationOperation write, CancellationToken cancellation)
    {
        var open = new Queue<WriteSite>([new WriteSite(write, [])]);
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        for (var count = 0; open.Count > 0 && count < MaxSites; count++)
        {
            cancellation.ThrowIfCancellationRequested();
            var site = open.Dequeue();
            yield return site;
            if (site.Way.Length < MaxSteps && FunctionAround(site.Site, cancellation) is { } function && seen.Add(function))
                foreach (var call in CallsOf(function, site.Site, cancellation))
                    open.Enqueue(site with { Way = site.Way.Add(call) });
        }
    }

    // What a lambda does is done where the lambda is run: that is not followed.
    private IMethodSymbol? FunctionAround(IOperation place, CancellationToken cancellation) =>
        model.SemanticsOf(place.Syntax.SyntaxTree).GetEnclosingSymbol(place.Syntax.SpanStart, cancellation) is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation or MethodKind.LocalFunction } function
            ? function.Implementation()
            : null;

    private IEnumerable<IInvocationOperation> CallsOf(IMethodSymbol function, IOperation place, CancellationToken cancellation)
    {
        var names = function.MethodKind != MethodKind.LocalFunction ? CallerIndex.Of(model, cancellation).NamesOf(function, cancellation)
            : place.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes().OfType<SimpleNameSyntax>().Where(name => name.Identifier.ValueText == function.Name) ?? [];
        foreach (var name in names)
            if (model.SemanticsOf(name.SyntaxTree).OperationOf(name, cancellation) is IInvocationOperation call
                && (function.MethodKind != MethodKind.LocalFunction || SymbolEqualityComparer.Default.Equals(call.TargetMethod.OriginalDefinition, function)))
                yield return call;
    }
}
