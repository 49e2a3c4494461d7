using AgentLint.Tests.Stubs;
using System.Globalization;
using System.Text;
using AgentLint.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Benchmarks;

/// <summary>Generated programs to analyse. The same call makes the same program.</summary>
internal static class Programs
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    /// <summary>Files of an agent program: in each, one sample of the rules' pages, and the plain code that surrounds such code.</summary>
    public static CSharpCompilation OfAgents(int files) =>
        Compile([.. Enumerable.Range(0, files).Select(i => Parse(AgentFile(i), i))], withLibraries: true);

    /// <summary>Files without any agent in them, in a project that references no library of agents.</summary>
    public static CSharpCompilation WithoutAgents(int files) =>
        Compile([.. Enumerable.Range(0, files).Select(i => Parse(PlainFile(i), i))], withLibraries: false);

    /// <summary>Many copies of samples, each in a namespace of its own.</summary>
    public static CSharpCompilation Of(IReadOnlyList<string> samples, int copies) =>
        Compile(
            [
                .. samples.Select(LibraryOf).Distinct(StringComparer.Ordinal).Select((library, i) => Parse(library, copies + i)),
                .. Enumerable.Range(0, copies).Select(i => Parse(InNamespace(samples[i % samples.Count], $"Copy{i}", ""), i)),
            ],
            withLibraries: true);

    /// <summary>The same program after a keystroke: a comment more at the end of one file.</summary>
    public static CSharpCompilation Edited(CSharpCompilation program, SyntaxTree file, int keystroke) =>
        program.ReplaceSyntaxTree(file, CSharpSyntaxTree.ParseText(string.Create(CultureInfo.InvariantCulture, $"{file}// {keystroke}\n"), ParseOptions, file.FilePath));

    public static int LinesOf(Compilation program) => program.SyntaxTrees.Sum(tree => tree.GetText().Lines.Count);

    private static string AgentFile(int i)
    {
        var samples = PageSamples.OfAllRules;
        return InNamespace(samples[i % samples.Count], $"Agents.Part{i}", PlainTypes(i));
    }

    private static string PlainFile(int i) => $"using System.Text;\n\nnamespace Plain.Part{i};\n\n{PlainTypes(i)}";

    private static string InNamespace(string sample, string name, string more)
    {
        var unit = SyntaxFactory.ParseCompilationUnit(sample);
        var usings = string.Concat(unit.Usings.Select(import => import.ToFullString())).Trim();
        if (more.Length > 0 && !usings.Contains("using System.Text;", StringComparison.Ordinal))
            usings += "\nusing System.Text;";
        var members = unit.Members.LastOrDefault() is NamespaceDeclarationSyntax last ? last.Usings.ToFullString() + last.Members.ToFullString() : unit.Members.ToFullString();
        return $"{usings}\n\nnamespace {name};\n\n{members.Trim()}\n\n{more}";
    }

    // The namespaces of a sample that stand for a library are needed once.
    private static string LibraryOf(string sample)
    {
        var unit = SyntaxFactory.ParseCompilationUnit(sample);
        return unit.Usings.ToFullString() + string.Concat(unit.Members.OfType<NamespaceDeclarationSyntax>().SkipLast(1).Select(part => part.ToFullString()));
    }

    // What most of a program is: records, checks, sums, texts.
    private static string PlainTypes(int i)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            public sealed record Line{{i}}(string Sku, int Quantity, decimal Price)
            {
                public decimal Total => Quantity * Price;
            }

            public sealed class Ledger{{i}}
            {
                private readonly List<Line{{i}}> lines = new();
                private readonly Dictionary<string, int> stock = new(StringComparer.Ordinal);

                public int Count => lines.Count;

                public void Stock(string sku, int quantity)
                {
                    ArgumentException.ThrowIfNullOrEmpty(sku);
                    if (quantity < 0)
                        throw new ArgumentOutOfRangeException(nameof(quantity), quantity, "Nothing is negative on a shelf");
                    stock[sku] = stock.TryGetValue(sku, out var before) ? before + quantity : quantity;
                }

                public bool TryTake(Line{{i}} line)
                {
                    if (!stock.TryGetValue(line.Sku, out var left) || left < line.Quantity)
                        return false;
                    stock[line.Sku] = left - line.Quantity;
                    lines.Add(line);
                    return true;
                }

                public decimal TotalOf(Func<Line{{i}}, bool> wanted)
                {
                    var total = 0m;
                    foreach (var line in lines)
                        if (wanted(line))
                            total += line.Total;
                    return total;
                }

                public IReadOnlyDictionary<string, decimal> BySku() =>
                    lines.GroupBy(line => line.Sku, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(line => line.Total), StringComparer.Ordinal);

                public string Describe()
                {
                    var text = new StringBuilder();
                    for (var n = 0; n < lines.Count; n++)
                    {
                        var (sku, quantity, price) = lines[n];
                        text.Append(n + 1).Append(". ").Append(sku).Append(": ").Append(quantity).Append(" at ").Append(price.ToString("F2"));
                        text.AppendLine(quantity switch { 0 => " (none)", 1 => "", < 10 => " (few)", _ => " (many)" });
                    }

                    return text.ToString();
                }

                public async Task<string> LoadAsync(TextReader reader, CancellationToken cancellation)
                {
                    var read = 0;
                    while (await reader.ReadLineAsync(cancellation) is { } row)
                    {
                        var parts = row.Split(';', StringSplitOptions.TrimEntries);
                        if (parts is [var sku, var quantity, var price] && int.TryParse(quantity, out var count) && decimal.TryParse(price, out var each))
                        {
                            lines.Add(new Line{{i}}(sku, count, each));
                            read++;
                        }
                    }

                    return $"{read} of {lines.Count}";
                }
            }

            """);
        return text.ToString();
    }

    private static SyntaxTree Parse(string text, int i) =>
        CSharpSyntaxTree.ParseText(text, ParseOptions, string.Create(CultureInfo.InvariantCulture, $"/src/File{i}.cs"));

    // What any page's sample needs, so that each of them compiles in each program.
    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() => [.. Libraries.With(Library.UsedBy(PageSamples.Text)), .. MissingLibraries.UsedBy(PageSamples.Text).Select(stub => stub.Reference)]);

    private static CSharpCompilation Compile(IEnumerable<SyntaxTree> trees, bool withLibraries)
    {
        const string Imports = """
            global using System;
            global using System.Collections.Generic;
            global using System.IO;
            global using System.Linq;
            global using System.Net.Http;
            global using System.Threading;
            global using System.Threading.Tasks;
            """;
        return CSharpCompilation.Create(
            "Program",
            [CSharpSyntaxTree.ParseText(Imports, ParseOptions, "/src/Imports.cs"), .. trees],
            [.. Libraries.Framework, .. withLibraries ? References.Value : []],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: true));
    }
}
