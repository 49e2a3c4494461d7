using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AgentLint.Model;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Hardening;

/// <summary>
/// What was analysed and mended can be collected afterwards, though the analyzers and fixes live on, as they do in an editor and in the compiler's server.
/// </summary>
public sealed class CollectableTests
{
    [Fact]
    public void Nothing_keeps_an_analysed_program_alive() => Assert.Empty(Alive(AllRules.Analyzers, []));

    [Fact]
    public void Nothing_keeps_a_mended_program_alive() => Assert.Empty(Alive(AllRules.Analyzers, AllRules.Fixes));

    [Fact]
    public void Analyzer_that_keeps_a_compilation_is_seen()
    {
        var keeper = new Keeper();

        Assert.Contains(nameof(Compilation), Alive([.. AllRules.Analyzers, keeper], []));
        Assert.NotNull(keeper.Kept);
    }

    private static string[] Alive(ImmutableArray<DiagnosticAnalyzer> analyzers, ImmutableArray<CodeFixProvider> fixes)
    {
        List<(string Name, WeakReference Held)>? used = null;
        // A thread of its own leaves nothing on this one's stack.
        var thread = new Thread(() => used = Use(analyzers, fixes));
        thread.Start();
        thread.Join();
        Assert.NotNull(used);
        for (var i = 0; i < 20 && used.Any(thing => thing.Held.IsAlive); i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }

        return [.. used.Where(thing => thing.Held.IsAlive).Select(thing => thing.Name)];
    }

    // Not inlined, so that no local of the caller holds what was used.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<(string Name, WeakReference Held)> Use(ImmutableArray<DiagnosticAnalyzer> analyzers, ImmutableArray<CodeFixProvider> fixes)
    {
        using var workspace = new AdhocWorkspace();
        var id = ProjectId.CreateNewId();
        var document = DocumentId.CreateNewId(id);
        var solution = workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Faults", "Faults", LanguageNames.CSharp, compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary), metadataReferences: SupportDesk.References))
            .AddDocument(document, "Faults.cs", SourceText.From(AllRulesTests.Faults));
        var compilation = solution.GetProject(id)!.GetCompilationAsync().GetAwaiter().GetResult()!;
        var watcher = new Watcher();
        var reports = compilation.WithAnalyzers(analyzers.Add(watcher)).GetAnalyzerDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();
        Assert.True(reports.Length > 10, "There is too little to report");
        var used = new List<(string, WeakReference)> { ("Project's compilation", new(compilation)) };
        used.AddRange(watcher.Seen);
        Assert.Equal(5, used.Count);
        var applied = 0;
        foreach (var report in reports)
            foreach (var fix in fixes.Where(fix => fix.FixableDiagnosticIds.Contains(report.Id)))
            {
                var actions = new List<CodeAction>();
                fix.RegisterCodeFixesAsync(new CodeFixContext(solution.GetDocument(document)!, report, (action, _) => actions.Add(action), CancellationToken.None)).GetAwaiter().GetResult();
                foreach (var action in actions)
                {
                    var changed = action.GetOperationsAsync(CancellationToken.None).GetAwaiter().GetResult().OfType<ApplyChangesOperation>().Single().ChangedSolution;
                    used.Add(($"{fix.GetType().Name}: {nameof(Solution)}", new(changed)));
                    used.Add(($"{fix.GetType().Name}: {nameof(Compilation)}", new(changed.GetProject(id)!.GetCompilationAsync().GetAwaiter().GetResult())));
                    applied++;
                }
            }

        Assert.True(fixes.IsEmpty || applied > 5, "There is too little to mend");
        return used;
    }

#pragma warning disable RS1008, RS1036, RS1038, RS1041
    /// <summary>What the analyzers see is a copy of the project's compilation: this one remembers it, without keeping it.</summary>
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class Watcher : DiagnosticAnalyzer
    {
        public List<(string Name, WeakReference Held)> Seen { get; } = [];

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [new("T0002", "T", "T", "T", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterCompilationAction(end =>
            {
                Seen.Add((nameof(Compilation), new(end.Compilation)));
                // The same that the rules have asked: there is one.
                Seen.Add((nameof(AgentModel), new(AgentModel.TryGet(end.Compilation, end.Options, end.CancellationToken))));
                Seen.Add((nameof(SyntaxTree), new(end.Compilation.SyntaxTrees.Single())));
                Seen.Add((nameof(ISymbol), new(end.Compilation.Assembly.GetTypeByMetadataName("Desk"))));
            });
        }
    }

    /// <summary>Does what none of ours may.</summary>
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class Keeper : DiagnosticAnalyzer
    {
        public Compilation? Kept { get; private set; }

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [new("T0001", "T", "T", "T", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterCompilationAction(end => Kept = end.Compilation);
        }
    }
}
