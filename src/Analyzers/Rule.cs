using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AgentLint;

/// <summary>An option that a rule reads from <c>.editorconfig</c>, as <c>agentlint.ID.name = value</c>.</summary>
/// <param name="Name">Last part of the key.</param>
/// <param name="Default">The value that an absent or unknown value stands for.</param>
/// <param name="Summary">What it changes, in one sentence, with its unit.</param>
public sealed record RuleOption(string Name, string Default, string Summary);

/// <summary>
/// A rule: its descriptor and the data of the generated tables. <see cref="Define"/> is the only way to create a descriptor, so that
/// help link, tags and category follow from the id.
/// </summary>
public sealed class Rule
{
    /// <summary>The address of the rules' pages.</summary>
    public const string PagesUri = RepositoryAddress.Value + "/blob/main/docs/rules/";

    private Rule(DiagnosticDescriptor descriptor, string name, RuleCategory category, string? property, ImmutableArray<RuleOption> options)
    {
        Property = property;
        Descriptor = descriptor;
        Name = name;
        Category = category;
        Options = options;
    }

    public DiagnosticDescriptor Descriptor { get; }

    public string Id => Descriptor.Id;

    /// <summary>The defect in one word, as in <c>BlockingAgentCall</c>.</summary>
    public string Name { get; }

    public RuleCategory Category { get; }

    public ImmutableArray<RuleOption> Options { get; }

    /// <summary>The build property that requests the report, for a report that is not a finding: presets and <c>.editorconfig</c> do not apply to it.</summary>
    public string? Property { get; }

    /// <summary>Makes a rule.</summary>
    /// <param name="id"><c>AGL</c> and four digits, the first two of which are the category.</param>
    /// <param name="name">The defect, so that it reads well after "allow".</param>
    /// <param name="title">The defect in a sentence without a full stop.</param>
    /// <param name="message">One sentence without a full stop: the culprit in quotes, the cause, the path when there is one, and what to do.</param>
    /// <param name="description">Why it is a fault, in one or two sentences.</param>
    /// <param name="severity">The highest severity of its reports: Warning where the evidence is proof, Info where it is a heuristic. A build without a log runs no analyzer for suggestions.</param>
    /// <param name="enabled">False where taste decides.</param>
    /// <param name="property">The build property that requests a report about the whole compilation, which is not a finding.</param>
    /// <param name="atEnd">Whether the report needs the whole compilation, so that editors show it after a build.</param>
    /// <param name="options">The options of the rule.</param>
    public static Rule Define(
        string id,
        string name,
        string title,
        string message,
        string description,
        DiagnosticSeverity severity,
        bool enabled = true,
        string? property = null,
        bool atEnd = false,
        params RuleOption[] options)
    {
        var category = (RuleCategory)int.Parse(id.Substring(3, 2), System.Globalization.CultureInfo.InvariantCulture);
        string[] tags = ["AgentLint", category.ToString(), .. property != null || atEnd ? [WellKnownDiagnosticTags.CompilationEnd] : Array.Empty<string>(), .. property != null ? [WellKnownDiagnosticTags.NotConfigurable] : Array.Empty<string>()];
        var descriptor = new DiagnosticDescriptor(id, title, message, "AgentLint." + category, severity, enabled, description, PagesUri + id + ".md", tags);
        return new Rule(descriptor, name, category, property, [.. options]);
    }
}
