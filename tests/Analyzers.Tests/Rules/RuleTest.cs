using AgentLint.Tests.Stubs;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AgentLint.Tests.Rules;

/// <summary>A test of one rule, compiled as an ordinary program is: against the real libraries, with the usual imports.</summary>
internal sealed class RuleTest<TRule> : StrictAnalyzerTest<TRule>
    where TRule : AgentAnalyzer, new()
{
    private const string Imports = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public RuleTest(params IEnumerable<string> files)
    {
        foreach (var file in files)
            TestState.Sources.Add(file);
        TestState.Sources.Add(("/0/Imports.cs", Imports));
        Libraries.AddTo(TestState);
#if XUNIT2
        // Mutation testing runs a test a thousand times: its first pass has to do.
        SkipsDeterminism = true;
        SkipsLineEndings = true;
        TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck | TestBehaviors.SkipSuppressionCheck;
#endif
    }

    /// <summary>Expects a report at a marker, whatever its further locations are.</summary>
    public RuleTest<TRule> Expect(DiagnosticSeverity severity, string message, int marker = 0)
    {
        ExpectedDiagnostics.Add(Report(severity, message).WithLocation(marker).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
        return this;
    }

    /// <summary>Expects a report at the first marker, with the other markers as its further locations.</summary>
    public RuleTest<TRule> ExpectPath(DiagnosticSeverity severity, string message, params IEnumerable<int> markers)
    {
        ExpectedDiagnostics.Add(markers.Aggregate(Report(severity, message), (report, marker) => report.WithLocation(marker)));
        return this;
    }

    /// <summary>Sets options for all files.</summary>
    public RuleTest<TRule> Configure(params IEnumerable<string> lines)
    {
        TestState.AnalyzerConfigFiles.Add(("/.editorconfig", string.Join('\n', ["root = true", "[*.cs]", .. lines])));
        return this;
    }

    /// <summary>Adds a catalogue file.</summary>
    public RuleTest<TRule> Declare(params IEnumerable<string> lines)
    {
        TestState.AdditionalFiles.Add(("/AgentLint.mine.txt", string.Join('\n', lines)));
        return this;
    }

    /// <summary>Adds the assemblies of some types.</summary>
    public RuleTest<TRule> Reference(params IEnumerable<Type> types)
    {
        Libraries.Add(TestState.AdditionalReferences, types.Select(type => type.Assembly.Location).Distinct().Select(file => MetadataReference.CreateFromFile(file)));
        return this;
    }

    /// <summary>Adds real libraries, with all that they depend on.</summary>
    public RuleTest<TRule> Reference(params IEnumerable<Library> libraries)
    {
        Libraries.AddTo(TestState, libraries);
        return this;
    }

    /// <summary>Adds a library that the registry lacks.</summary>
    public RuleTest<TRule> Reference(Stub library)
    {
        TestState.AdditionalReferences.Add(library.Reference);
        return this;
    }

    public Task RunAsync()
    {
        // A compiler that keeps no log does not run a rule that is a suggestion by default, and loses its warnings. What a user sets is another matter.
        if (TestState.AnalyzerConfigFiles.Count == 0)
            Assert.All(ExpectedDiagnostics, expected => Assert.True(expected.Severity <= Descriptor.DefaultSeverity, $"{Descriptor.Id} is a suggestion by default, and reports {expected.Severity}"));
        return RunAsync(TestContext.Current.CancellationToken);
    }

    private static DiagnosticDescriptor Descriptor => new TRule().SupportedDiagnostics.Single();

    private static DiagnosticResult Report(DiagnosticSeverity severity, string message) => new DiagnosticResult(Descriptor).WithSeverity(severity).WithMessage(message);
}
