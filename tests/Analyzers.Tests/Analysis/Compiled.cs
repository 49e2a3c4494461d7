using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using AgentLint.Analysis;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace AgentLint.Tests.Analysis;

/// <summary>A small program, compiled with the real libraries, and what tests ask of it. <c>{|name:expression|}</c> marks an expression.</summary>
internal sealed partial class Compiled
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.Extensions.AI;
        global using Microsoft.Extensions.DependencyInjection;
        """;

    // Compilations that add files to this one share the symbols of its references.
    private static readonly Lazy<CSharpCompilation> Empty = new(() => CSharpCompilation.Create(
        "Program",
        [Parse("Usings.cs", Usings)],
        [.. Framework, .. Libraries.With(Library.Hosting)],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable)));

    private readonly Dictionary<string, (SyntaxTree Tree, TextSpan Span)> marks = new(StringComparer.Ordinal);

    private Compiled(CSharpCompilation start, IEnumerable<string> sources)
    {
        Compilation = start;
        var number = 0;
        foreach (var source in sources)
        {
            var (text, spans) = TakeMarks(source);
            var tree = Parse($"File{++number}.cs", text);
            Compilation = Compilation.AddSyntaxTrees(tree);
            foreach (var (name, span) in spans)
                marks.Add(name, (tree, span));
        }
    }

    public static ImmutableArray<MetadataReference> Framework => [.. Libraries.Framework];

    public CSharpCompilation Compilation { get; private set; }

    public ApiCatalogue Catalogue { get; private init; } = ApiCatalogue.BuiltIn;

    public AgentModel Model => AgentModel.TryGet(Compilation, Catalogue) ?? throw new InvalidOperationException("The program has no model");

    public EffectSummaries Summaries => EffectSummaries.Of(Model);

    /// <summary>A library of files that compile.</summary>
    public static Compiled From(params string[] sources) => new Compiled(Empty.Value, sources).WithoutErrors();

    /// <summary>A program whose last file has top-level statements.</summary>
    public static Compiled Program(params string[] sources) =>
        new Compiled(Empty.Value.WithOptions(Empty.Value.Options.WithOutputKind(OutputKind.ConsoleApplication)), sources).WithoutErrors();

    /// <summary>A library with a user's catalogue.</summary>
    public static Compiled With(string catalogue, params string[] sources) =>
        new Compiled(Empty.Value, sources) { Catalogue = ApiCatalogue.BuiltIn.With([CatalogueParser.Parse("AgentLint.test.txt", SourceText.From(catalogue))]) }.WithoutErrors();

    /// <summary>A library that refers to others beside the real ones.</summary>
    public static Compiled Referring(IEnumerable<MetadataReference> references, params string[] sources) =>
        new Compiled(Empty.Value.AddReferences(references), sources).WithoutErrors();

    /// <summary>A library that refers to more of the real ones than usual.</summary>
    public static Compiled Using(Library library, params string[] sources) => Using([library], sources);

    /// <summary>The same with several.</summary>
    public static Compiled Using(Library[] libraries, params string[] sources) => On(Libraries.With([Library.Hosting, .. libraries]), sources);

    /// <summary>A library that refers to nothing but the framework and what is given.</summary>
    public static Compiled On(IEnumerable<MetadataReference> references, params string[] sources) =>
        new Compiled(Empty.Value.WithReferences([.. Framework, .. references]), sources).WithoutErrors();

    /// <summary>Files as they are while somebody writes them.</summary>
    public static Compiled Broken(params string[] sources) => new(Empty.Value, sources);

    /// <summary>A method by <c>Type.Name</c> or by its name: the only one that is called so. Constructors are <c>Type..ctor</c>.</summary>
    public IMethodSymbol Method(string name)
    {
        var found = new List<IMethodSymbol>();
        foreach (var tree in Compilation.SyntaxTrees)
        {
            var semantics = Compilation.GetSemanticModel(tree);
            foreach (var node in tree.GetRoot().DescendantNodes())
                if (semantics.GetDeclaredSymbol(node) is { } symbol)
                    found.AddRange(symbol is INamedTypeSymbol type ? type.Constructors : symbol is IMethodSymbol method ? [method.PartialDefinitionPart ?? method] : []);
        }

        return Assert.Single(found.Distinct<IMethodSymbol>(SymbolEqualityComparer.Default), m => m.Name == name || $"{m.ContainingType.Name}.{m.Name}" == name);
    }

    public SyntaxNode Node(string mark)
    {
        var (tree, span) = marks[mark];
        var node = tree.GetRoot().FindNode(span, getInnermostNodeForTie: true);
        Assert.Equal(span, node.Span);
        return node;
    }

    public SemanticModel SemanticsOf(string mark) => Compilation.GetSemanticModel(marks[mark].Tree);

    public IOperation Operation(string mark)
    {
        var semantics = SemanticsOf(mark);
        for (var node = Node(mark); node.Span == marks[mark].Span; node = node.Parent!)
            if (semantics.GetOperation(node) is { } operation)
                return operation;
        throw new InvalidOperationException($"'{mark}' marks nothing that runs");
    }

    /// <summary>The paths to the remote calls that a method reaches, nearest first.</summary>
    public IEnumerable<string> Paths(string method, int depth = 8) => Paths(Summaries.Of(Method(method), depth, TestContext.Current.CancellationToken));

    public static IEnumerable<string> Paths(EffectSummary summary) =>
        summary.Effects.Where(effect => effect.Entry.IsRemoteCall()).Select(effect => effect.Witness.Describe());

    /// <summary>The program as a file without anything that a build adds.</summary>
    public MetadataReference Emitted()
    {
        var stream = new MemoryStream();
        Assert.True(Compilation.WithAssemblyName("Other").Emit(stream, cancellationToken: TestContext.Current.CancellationToken).Success);
        stream.Position = 0;
        return MetadataReference.CreateFromStream(stream);
    }

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), path);

    private Compiled WithoutErrors()
    {
        Assert.Empty(Compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        return this;
    }

    private static (string Text, List<(string Name, TextSpan Span)> Spans) TakeMarks(string source)
    {
        var text = new StringBuilder();
        var spans = new List<(string, TextSpan)>();
        var open = new Stack<(string Name, int Start)>();
        var position = 0;
        foreach (Match mark in Marks.Matches(source))
        {
            text.Append(source, position, mark.Index - position);
            position = mark.Index + mark.Length;
            if (mark.Groups["name"] is { Success: true, Value: var name })
                open.Push((name, text.Length));
            else if (open.Pop() is var (closed, start))
                spans.Add((closed, TextSpan.FromBounds(start, text.Length)));
        }

        return (text.Append(source, position, source.Length - position).ToString(), spans);
    }

    [GeneratedRegex(@"\{\|(?<name>\w+):|\|\}", RegexOptions.CultureInvariant)]
    private static partial Regex Marks { get; }
}
