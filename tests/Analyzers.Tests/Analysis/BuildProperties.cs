using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AgentLint.Tests.Analysis;

/// <summary>What a build tells analyzers where some of its properties are set, and what an <c>.editorconfig</c> says of all files.</summary>
/// <param name="properties">The names of the properties.</param>
/// <param name="options">Options of files, by their keys.</param>
/// <param name="value">The value of the properties.</param>
internal sealed class BuildProperties(IEnumerable<string> properties, IReadOnlyDictionary<string, string>? options = null, string value = "true") : AnalyzerConfigOptionsProvider
{
    public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(properties.ToDictionary(name => "build_property." + name, _ => value));

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values(options ?? new Dictionary<string, string>());

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

    private sealed class Values(IReadOnlyDictionary<string, string> values) : AnalyzerConfigOptions
    {
        // The attribute that the base has is known here twice: by the framework, and by the analyzers' copy.
#nullable disable
        public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value);
#nullable restore
    }
}
