using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Docs;

/// <summary>A rule, and what only reflection can say of it.</summary>
/// <param name="Rule">Its identity.</param>
/// <param name="HasFix">Whether a code fix mends it.</param>
/// <param name="FromBuild">Whether the package's targets report it, so that the compiler never hears of it.</param>
internal sealed record RuleEntry(Rule Rule, bool HasFix, bool FromBuild)
{
    public string Id => Rule.Id;

    public DiagnosticDescriptor Descriptor => Rule.Descriptor;

    public bool IsOn => Descriptor.IsEnabledByDefault;

    public DiagnosticSeverity Severity => Descriptor.DefaultSeverity;
}

/// <summary>All rules, in the order of their ids.</summary>
internal sealed class RuleBook(IEnumerable<RuleEntry> rules)
{
    // What src/Package/buildTransitive/AgentLint.targets reports.
    private static readonly Rule[] BuildRules =
    [
        Rule.Define(
            "AGL9001",
            "CompilerTooOld",
            "The compiler is too old to load AgentLint",
            "The compiler of this build is too old to load AgentLint",
            "The analyzers need the compiler of .NET SDK 9.0.300 or Visual Studio 2022 17.14. An older compiler loads none of them: the build succeeds, and the absence of findings means nothing.",
            DiagnosticSeverity.Warning),
        Rule.Define(
            "AGL9004",
            "UnknownMode",
            "AgentLintMode or AgentLintTestMode names no preset",
            "{0} '{1}' is not one of None, Minimum, Recommended, Strict and All, so it has no effect",
            "A mode that does not exist has no effect: the rules keep the severities they have without one.",
            DiagnosticSeverity.Warning),
    ];

    public IReadOnlyList<RuleEntry> Rules { get; } = [.. rules.OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <summary>What the compiler reports; the rest comes from the build.</summary>
    public IEnumerable<RuleEntry> Analyzed => Rules.Where(rule => !rule.FromBuild);

    /// <summary>Reads the rules out of the product's assemblies.</summary>
    public static RuleBook Load()
    {
        var fixable = Instances<CodeFixProvider>(Assembly.Load("AgentLint.CodeFixes"))
            .SelectMany(fix => fix.FixableDiagnosticIds)
            .ToHashSet(StringComparer.Ordinal);
        var analyzed = Instances<DiagnosticAnalyzer>(typeof(RuleAnalyzer).Assembly).SelectMany(RulesOf).ToList();
        if (analyzed.GroupBy(rule => rule.Id).FirstOrDefault(group => group.Distinct().Count() > 1) is { } twice)
            throw new DocsException($"{twice.Key} is defined more than once");
        if (fixable.Except(analyzed.Select(rule => rule.Id)).FirstOrDefault() is { } unknown)
            throw new DocsException($"A code fix mends {unknown}, which no analyzer reports");
        return new RuleBook(
            [
                .. analyzed.Distinct().Select(rule => new RuleEntry(rule, fixable.Contains(rule.Id), FromBuild: false)),
                .. BuildRules.Select(rule => new RuleEntry(rule, HasFix: false, FromBuild: true)),
            ]);
    }

    private static IEnumerable<T> Instances<T>(Assembly assembly)
        where T : class =>
        assembly.GetTypes()
            .Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type))
            .Select(type => (T)Activator.CreateInstance(type, nonPublic: true)!);

    // An analyzer that is no RuleAnalyzer would be missing from every table: better to fail.
    private static IEnumerable<Rule> RulesOf(DiagnosticAnalyzer analyzer) =>
        analyzer is RuleAnalyzer agentAnalyzer
            ? agentAnalyzer.Rules
            : throw new DocsException($"{analyzer.GetType().Name} does not derive from {nameof(RuleAnalyzer)}, so its rules are unknown");
}
