using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Model;

/// <summary>
/// What programs say of their own members by attributes: <c>[Idempotent]</c>, <c>[IdempotencyKey]</c>, <c>[RemoteCall]</c>, <c>[Deterministic]</c>,
/// <c>[ThreadSafe]</c>, <c>[AgentTool]</c>. They are known by name, wherever they are declared, and become lines of the catalogue.
/// </summary>
internal static class Annotations
{
    /// <summary>How a published line begins, among the facts of an assembly.</summary>
    public const string Published = "says ";

    // The package's own declarations have all of them: one is enough to see that a project uses them.
    private const string Marker = "AgentLint.Annotations.AgentToolAttribute";
    private const string Source = "annotations";

    // What honest projects stay far below. More is not read.
    private const int MaxPublished = 10_000;

    private static readonly NameSet Names = new(new[] { "Idempotent", "IdempotencyKey", "RemoteCall", "Deterministic", "ThreadSafe", "AgentTool" }.SelectMany(name => new[] { name, name + "Attribute" }));

    private static readonly ImmutableHashSet<CatalogueRole> Roles =
        [CatalogueRole.Idempotent, CatalogueRole.Effect, CatalogueRole.HttpCall, CatalogueRole.Deterministic, CatalogueRole.ThreadSafe, CatalogueRole.ToolMember];

    private static readonly ConditionalWeakTable<SyntaxTree, Lines> OfTrees = new();
    private static readonly ConditionalWeakTable<ApiCatalogue, Latest> Extended = new();

    /// <summary>Whether a project declares, or refers to, the package's own attributes: a reason to look at it, whatever libraries it uses.</summary>
    public static bool MayBeIn(Compilation compilation) => !compilation.GetTypesByMetadataName(Marker).IsEmpty;

    /// <summary>A catalogue with what a program, and the assemblies that it refers to, say of themselves.</summary>
    public static ApiCatalogue With(Compilation compilation, ApiCatalogue catalogue, CancellationToken cancellation)
    {
        catalogue = catalogue.Unannotated;
        var lines = OwnLines(compilation, cancellation).Select(line => line.Text).Concat(PublishedLines(compilation, catalogue, cancellation)).Distinct(StringComparer.Ordinal).ToList();
        if (lines.Count == 0)
            return catalogue;
        var text = string.Join("\n", lines);
        // While somebody types, one compilation follows another, and mostly all say the same.
        var latest = Extended.GetOrCreateValue(catalogue);
        lock (latest)
        {
            if (latest.Text != text)
                (latest.Text, latest.Catalogue) = (text, catalogue.WithAnnotations(CatalogueParser.Parse(Source, SourceText.From(text))));
            return latest.Catalogue!;
        }
    }

    /// <summary>What a program says of members that other assemblies see, for its facts.</summary>
    public static IEnumerable<string> PublicLines(Compilation compilation, CancellationToken cancellation) =>
        PublishedFacts.AreOf(compilation) ? OwnLines(compilation, cancellation).Where(line => line.IsPublic).Select(line => line.Text).Distinct(StringComparer.Ordinal) : [];

    private static IEnumerable<Line> OwnLines(Compilation compilation, CancellationToken cancellation) =>
        compilation.SyntaxTrees.SelectMany(tree => LinesOf(tree, cancellation));

    private static ImmutableArray<Line> LinesOf(SyntaxTree tree, CancellationToken cancellation)
    {
        if (OfTrees.TryGetValue(tree, out var known))
            return known.All;
        var index = NameIndex.Of(tree, cancellation);
        var names = index.Among(Names);
        var found = new Lines(names.IsEmpty ? [] : [.. names.SelectMany(name => index.Uses(name, tree.GetRoot(cancellation))).OrderBy(use => use.SpanStart).SelectMany(Read)]);
        return OfTrees.GetValue(tree, _ => found).All;
    }

    // An assembly speaks of its own types alone, and in the words of annotations.
    private static IEnumerable<string> PublishedLines(Compilation compilation, ApiCatalogue catalogue, CancellationToken cancellation)
    {
        foreach (var reference in compilation.References)
        {
            if (reference is CompilationReference { Compilation: { Language: LanguageNames.CSharp } project })
                foreach (var line in PublicLines(project, cancellation))
                    yield return line;
            else if (compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly && !catalogue.Describes(assembly.Name))
                foreach (var line in PublishedIn(assembly))
                    yield return line;
        }
    }

    private static IEnumerable<string> PublishedIn(IAssemblySymbol assembly) =>
        PublishedFacts.In(assembly) is not { } text || !(text.StartsWith(Published, StringComparison.Ordinal) || text.Contains("\n" + Published)) ? [] :
        from line in text.Split('\n').Where(line => line.StartsWith(Published, StringComparison.Ordinal)).Take(MaxPublished)
        let said = line.Substring(Published.Length)
        let entries = CatalogueParser.Parse(Source, SourceText.From(said)).Entries
        where entries.Length == 1 && Roles.Contains(entries[0].Role) && assembly.GetTypeByMetadataName(entries[0].Type) != null
        select said;

    private static IEnumerable<Line> Read(SimpleNameSyntax name)
    {
        SyntaxNode written = name;
        while (written.Parent is QualifiedNameSyntax or AliasQualifiedNameSyntax)
            written = written.Parent;
        if (written.Parent is not AttributeSyntax { Parent: AttributeListSyntax { Parent: { } target, Target: null } })
            yield break;
        var says = name.Identifier.ValueText is var text && text.EndsWith("Attribute", StringComparison.Ordinal) ? text.Substring(0, text.Length - "Attribute".Length) : text;
        switch (target)
        {
            case TypeDeclarationSyntax type when says == "ThreadSafe":
                yield return new Line("thread-safe " + NameOf(type), IsPublic(type));
                break;
            case MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null, Parent: TypeDeclarationSyntax type } method:
                var member = $"{NameOf(type)}.{method.Identifier.ValueText}";
                var line = says switch
                {
                    "Idempotent" => "idempotent " + member,
                    "Deterministic" => "deterministic " + member,
                    "AgentTool" => "tool-member " + member,
                    "RemoteCall" => "http-call " + member + (IsAwaited(method) ? "" : " blocking"),
                    _ => null,
                };
                if (line != null)
                    yield return new Line(line, IsPublic(method));
                break;
            case ParameterSyntax { Parent.Parent: MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null, Parent: TypeDeclarationSyntax type } method } parameter when says == "IdempotencyKey":
                var keyed = $"{NameOf(type)}.{method.Identifier.ValueText}";
                yield return new Line("idempotent " + keyed, IsPublic(method));
                yield return new Line($"effect {keyed} kind=start class=conditional key=parameter:{parameter.Identifier.ValueText} default=none", IsPublic(method));
                break;
        }
    }

    private static bool IsAwaited(MethodDeclarationSyntax method) =>
        method.Modifiers.Any(SyntaxKind.AsyncKeyword) || method.ReturnType.SimpleName() is "Task" or "ValueTask" or "IAsyncEnumerable";

    private static string NameOf(TypeDeclarationSyntax type)
    {
        var name = type.Identifier.ValueText + (type.TypeParameterList is { Parameters.Count: var arity } ? "`" + arity : "");
        return type.Parent switch
        {
            TypeDeclarationSyntax around => NameOf(around) + "+" + name,
            BaseNamespaceDeclarationSyntax space => SpaceOf(space) + "." + name,
            _ => name,
        };
    }

    private static string SpaceOf(BaseNamespaceDeclarationSyntax space)
    {
        var name = string.Join(".", space.Name.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText));
        return space.Parent is BaseNamespaceDeclarationSyntax around ? SpaceOf(around) + "." + name : name;
    }

    private static bool IsPublic(MemberDeclarationSyntax member) =>
        (member.Modifiers.Any(SyntaxKind.PublicKeyword) || member.Modifiers.Any(SyntaxKind.ProtectedKeyword) || (member is MethodDeclarationSyntax && member.Parent is InterfaceDeclarationSyntax))
        && (member.Parent is not TypeDeclarationSyntax around || IsPublic(around));

    private sealed class Lines(ImmutableArray<Line> all)
    {
        public ImmutableArray<Line> All { get; } = all;
    }

    private sealed class Latest
    {
        public string? Text { get; set; }

        public ApiCatalogue? Catalogue { get; set; }
    }

    /// <param name="Text">In the catalogue's grammar.</param>
    /// <param name="IsPublic">Whether other assemblies see the member.</param>
    private readonly record struct Line(string Text, bool IsPublic);
}
