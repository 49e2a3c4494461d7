using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentLint.Docs;

/// <summary>The four files of a new rule, as far as they can be known.</summary>
internal static partial class Scaffold
{
    /// <summary>Writes the files and returns their paths from the root. Nothing is written where one is in the way.</summary>
    public static IReadOnlyList<string> Create(string root, string id, string name)
    {
        if (!IdPattern().IsMatch(id))
            throw new DocsException($"'{id}' is no id: AGL and four digits");
        if (!NamePattern().IsMatch(name))
            throw new DocsException($"'{name}' is no name: the defect in PascalCase, as in BlockingAgentCall");
        var category = (RuleCategory)int.Parse(id.AsSpan(3, 2), CultureInfo.InvariantCulture);
        if (!Enum.IsDefined(category))
            throw new DocsException($"'{id}' has no category: add {id[3..5]} to {nameof(RuleCategory)} first");

        (string Path, string Text)[] files =
        [
            ($"src/Analyzers/Rules/{category}/{id}_{name}.cs", Rule(id, name, category)),
            ($"docs/rules/{id}.md", Page(id, name)),
            ($"tests/Analyzers.Tests/Rules/{category}/{id}Tests.cs", Tests(id, name, category)),
            ($"src/CodeFixes/Fixes/{category}/{id}Fix_Verb.cs", Fix(id, name, category)),
        ];

        // The id counts, not only the path: an id is never used again, whatever the name.
        var taken = files
            .Select(file => Path.Combine(root, Path.GetDirectoryName(file.Path)!))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, id + "*"))
            .FirstOrDefault();
        if (taken != null)
            throw new DocsException($"{id} is taken by {Path.GetRelativePath(root, taken).Replace('\\', '/')}");

        foreach (var (path, text) in files)
        {
            var full = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text.ReplaceLineEndings("\n"));
        }

        return [.. files.Select(file => file.Path)];
    }

    private static string Rule(string id, string name, RuleCategory category) =>
        $$"""
        using AgentLint.Catalogue;
        using Microsoft.CodeAnalysis;
        using Microsoft.CodeAnalysis.Diagnostics;

        namespace AgentLint.Rules.{{category}};

        /// <summary>What goes wrong at run time, in one sentence.</summary>
        [DiagnosticAnalyzer(LanguageNames.CSharp)]
        public sealed class {{id}}_{{name}}() : AgentAnalyzer(Rule)
        {
            internal static readonly Rule Rule = Rule.Define(
                "{{id}}",
                "{{name}}",
                "The defect in a sentence without a full stop",
                "'{0}' lacks what it needs",
                "Why it is a fault.",
                DiagnosticSeverity.Info,
                enabled: false);

            private protected override void Register(RuleContext context) =>
                context.OnUse(entry => entry.Role == CatalogueRole.ModelCall, Check);

            private static void Check(UseContext context)
            {
            }
        }

        """;

    private static string Page(string id, string name) =>
        $$"""
        # {{id}}: {{name}}

        ## Violation

        ```csharp
        ```

        ## Fixed

        ```csharp
        ```

        ## Not reported

        ```csharp
        ```

        """;

    private static string Tests(string id, string name, RuleCategory category) =>
        $$"""
        using AgentLint.Rules.{{category}};
        using Xunit;

        namespace AgentLint.Tests.Rules.{{category}};

        public sealed class {{id}}Tests
        {
            [Fact]
            public void IsOffUntilItIsWritten() => Assert.False({{id}}_{{name}}.Rule.Descriptor.IsEnabledByDefault);
        }

        """;

    private static string Fix(string id, string name, RuleCategory category) =>
        $$"""
        using System.Collections.Immutable;
        using System.Composition;
        using AgentLint.Editing;
        using AgentLint.Rules.{{category}};
        using Microsoft.CodeAnalysis;
        using Microsoft.CodeAnalysis.CodeFixes;

        namespace AgentLint.Fixes.{{category}};

        /// <summary>What the edit does, in one sentence.</summary>
        [ExportCodeFixProvider(LanguageNames.CSharp), Shared]
        public sealed class {{id}}Fix_Verb() : AgentCodeFix({{id}}_{{name}}.Rule, "The edit as a command")
        {
            private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics) =>
                Task.FromResult<Edit?>(null);
        }

        """;

    [GeneratedRegex(@"^AGL\d{4}$")]
    private static partial Regex IdPattern();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*[a-z0-9]$")]
    private static partial Regex NamePattern();
}
