using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing;

/// <summary>Turns a state as a test writes it into files without markup and expectations with real locations.</summary>
sealed class StateEvaluator(
    ImmutableArray<DiagnosticDescriptor> supported,
    DiagnosticDescriptor? defaultDiagnostic,
    ReferenceAssemblies defaultReferences,
    IVerifier verifier)
{
    public EvaluatedSolution Evaluate(SolutionState state, LineEnding ending)
    {
        verifier.True(
            state.Sources.Count + state.AdditionalFiles.Count + state.AdditionalProjects.Count > 0,
            "The test has no source: set TestCode, or add to TestState.Sources.");

        foreach (var name in state.AdditionalProjects.Values.Prepend(state).SelectMany(p => p.AdditionalProjectReferences))
        {
            verifier.True(state.AdditionalProjects.ContainsKey(name), $"A project references '{name}', which is not in AdditionalProjects.");
        }

        var found = new Findings();
        var projects = state.AdditionalProjects.Values.Prepend(state).Select(p => Evaluate(p, ending, found)).ToImmutableArray();
        var defaultPath = projects[0].Sources is [var first, ..] ? first.Path : "";
        var stated = state.ExpectedDiagnostics.Select(d => Locate(d.WithDefaultPath(defaultPath), found.Keys));
        return new(projects, [.. found.Expected, .. stated], ending);
    }

    EvaluatedProject Evaluate(ProjectState project, LineEnding ending, Findings found) => new(
        project.Name,
        Evaluate(project.Sources, ending, found),
        Evaluate(project.AdditionalFiles, ending, found),
        [.. project.AnalyzerConfigFiles.Select(file => new TestFile(file.filename, file.content))],
        [.. project.AdditionalReferences],
        [.. project.AdditionalProjectReferences],
        project.ReferenceAssemblies ?? defaultReferences,
        project.OutputKind);

    ImmutableArray<TestFile> Evaluate(SourceFileCollection files, LineEnding ending, Findings found) =>
        [.. files.Select(file => Evaluate(file.filename, file.content, ending, found))];

    TestFile Evaluate(string path, SourceText content, LineEnding ending, Findings found)
    {
        var parsed = MarkupParser.Parse(path, ending.Apply(content.ToString()), verifier);
        var text = SourceText.From(parsed.Text, content.Encoding ?? Encoding.UTF8, content.ChecksumAlgorithm);
        foreach (var span in parsed.Spans)
        {
            var location = new FileLinePositionSpan(path, text.Lines.GetLinePositionSpan(span.Span));
            if (span.IsKey)
            {
                verifier.True(found.Keys.TryAdd(span.Name, location), $"Marker {span.Name} stands twice.");
            }
            else
            {
                found.Expected.Add(Expectation(span.Name).WithSpan(location));
            }
        }

        return new(path, text);
    }

    /// <summary>Markup names a diagnostic and its place; the rest of it may be anything but another severity than the rule's.</summary>
    DiagnosticResult Expectation(string id)
    {
        var descriptor = id.Length == 0 ? defaultDiagnostic : supported.FirstOrDefault(d => d.Id == id);
        if (descriptor is not null)
        {
            return new DiagnosticResult(descriptor).WithMessage(null).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations);
        }

        verifier.True(
            id.Length > 0,
            "'[|…|]' can stand only for an analyzer with a single diagnostic id: use '{|ID:…|}', or override GetDefaultDiagnostic.");
        return DiagnosticResult.CompilerError(id).WithOptions(DiagnosticOptions.IgnoreSeverity | DiagnosticOptions.IgnoreAdditionalLocations);
    }

    DiagnosticResult Locate(DiagnosticResult expected, Dictionary<string, FileLinePositionSpan> keys) =>
        expected.WithSpans(location =>
        {
            if (!location.Options.HasFlag(DiagnosticLocationOptions.InterpretAsMarkupKey))
            {
                return location;
            }

            verifier.True(keys.TryGetValue(location.Span.Path, out var span), $"{expected.Id} is expected at marker {location.Span.Path}, which stands nowhere.");
            return new(span, location.Options & ~DiagnosticLocationOptions.InterpretAsMarkupKey);
        });

    sealed class Findings
    {
        public List<DiagnosticResult> Expected { get; } = [];

        public Dictionary<string, FileLinePositionSpan> Keys { get; } = new(StringComparer.Ordinal);
    }
}
