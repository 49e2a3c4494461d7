using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis;

/// <summary>A chain of calls that leads from a place to a member of the catalogue: the evidence of a report.</summary>
/// <param name="Steps">The calls of this program, the nearest first; the last one is the member itself, or the call into another assembly.</param>
internal sealed record Witness(ImmutableArray<Call> Steps)
{
    /// <summary>The end of the chain in other assemblies, known by what they publish; null where the chain ends in this program.</summary>
    public Beyond? Beyond { get; init; }

    public IMethodSymbol Target => Beyond?.Target ?? Steps[Steps.Length - 1].Named;

    /// <summary>The member as messages name it.</summary>
    public string TargetName => Beyond is { Fact.Way: var way } ? way[way.Length - 1] : NameOf(Target);

    /// <summary>Whether there are calls between the place and the member.</summary>
    public bool IsIndirect => Steps.Length > 1 || Beyond != null;

    /// <summary>Whether one of the calls runs one of several methods, so that the chain is possible and no more.</summary>
    public bool IsPossible => Steps.Any(step => step.IsPossible) || Beyond?.Fact.Is(ReachedTraits.Possible) == true;

    /// <summary>The calls as messages name them.</summary>
    public IEnumerable<string> Names => Steps.Select(step => NameOf(step.Named)).Concat(Beyond?.Fact.Way ?? []);

    /// <summary>The chain behind one more call.</summary>
    public Witness After(Call call) => this with { Steps = Steps.Insert(0, call) };

    /// <summary>Where the calls stand, nearest first: what goes into a report's additional locations.</summary>
    public IEnumerable<Location> Locations => Steps.Select(step => step.Site.GetLocation());

    /// <summary>The chain in words: <c>Desk.Plan → Research.AskAsync → IChatClient.GetResponseAsync</c>.</summary>
    public string Describe(ISymbol? from = null) =>
        string.Join(" → ", (from == null ? [] : new[] { NameOf(from) }).Concat(Names));

    /// <summary>A member as messages name it: with its type, without namespaces and parameters.</summary>
    public static string NameOf(ISymbol symbol)
    {
        switch (symbol)
        {
            case IMethodSymbol { MethodKind: MethodKind.AnonymousFunction }:
                return "lambda";
            case IMethodSymbol { MethodKind: MethodKind.LocalFunction }:
                return symbol.Name;
            case IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor }:
                return "new " + symbol.ContainingType.Name;
            case IMethodSymbol { AssociatedSymbol: { } member }:
                return NameOf(member);
            case IFieldSymbol { AssociatedSymbol: { } property }:
                return NameOf(property);
            // An extension is known by what it extends, not by the class that happens to hold it.
            case IMethodSymbol { IsExtensionMethod: true } extension:
                return (extension.ReducedFrom ?? extension).Parameters[0].Type.Name is { Length: > 0 } extended ? extended + "." + symbol.Name : symbol.Name;
            // The entry point of top-level statements has no name of its own.
            case IMethodSymbol when symbol.Name.StartsWith("<", StringComparison.Ordinal):
                return symbol.ContainingType?.Name ?? "Program";
        }

        return symbol.ContainingType is { Name: { Length: > 0 } type } ? type + "." + symbol.Name : symbol.Name;
    }
}
