using AgentLint.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Idempotency;

/// <summary>
/// The one function of a project that makes a key of what an operation is made of. It is written once, below the first file that needs it; a project that
/// has it uses what it has.
/// </summary>
internal sealed class KeyHelper(FixContext context)
{
    private const string Member = "Of";

    private static readonly string[] TypeNames = ["OperationKey", "IdempotencyKey", "KeyOfOperation"];

    private readonly INamedTypeSymbol? existing = TypeNames.Select(name => Existing(name, context)).FirstOrDefault(found => found != null);
    private readonly string? free = TypeNames.FirstOrDefault(name => !context.Semantics.Compilation.ContainsSymbolsWithName(name, SymbolFilter.Type));

    private KeyFile? host;

    /// <summary>The call that makes a key of some values; null where the project lacks what it is made with.</summary>
    public string? Of(IEnumerable<string> parts, KeyFile file, int position)
    {
        var arguments = $".{Member}({string.Join(", ", parts)})";
        if (existing != null)
            return file.Names.Spell(existing, position) + arguments;
        if (free == null || Static("System.Convert", "ToHexString") == null || Static("System.Security.Cryptography.SHA256", "HashData") == null
            || Static("System.Text.Json.JsonSerializer", "SerializeToUtf8Bytes") == null)
            return null;
        host ??= file;
        var space = NamespaceOf(host);
        var isInReach = host == file || space.Length == 0 || NamespaceOf(file) == space || NamespaceOf(file).StartsWith(space + ".", StringComparison.Ordinal);
        return (isInReach ? "" : space + ".") + free + arguments;
    }

    /// <summary>Whether an expression calls the function.</summary>
    public bool IsCalledBy(string expression) => (existing?.Name ?? free) is { } name && expression.Contains($"{name}.{Member}(");

    /// <summary>Plans to write the function, where something uses it and the project does not have it.</summary>
    public void Write()
    {
        if (host is not { } file || free == null)
            return;
        var root = (CompilationUnitSyntax)file.Context.Root;
        var position = root.Span.End;
        string Spell(string type) => file.Names.Spell(TypeOf(type)!, Math.Max(0, position - 1));
        var line = FileHabits.Of(root).EndOfLine.ToString();
        var isAnnotated = (file.Semantics.GetNullableContext(Math.Max(0, position - 1)) & NullableContext.AnnotationsEnabled) != 0;
        var space = root.Members.OfType<NamespaceDeclarationSyntax>().LastOrDefault();
        var indentation = space == null ? "" : "    ";
        string[] lines =
        [
            "/// <summary>Creates the key of an operation: the same on every attempt, and different for every operation.</summary>",
            $"internal static class {free}",
            "{",
            $"    public static string {Member}(params object{(isAnnotated ? "?" : "")}[] parts) =>",
            $"        {Spell("System.Convert")}.ToHexString({Spell("System.Security.Cryptography.SHA256")}.HashData({Spell("System.Text.Json.JsonSerializer")}.SerializeToUtf8Bytes(parts)));",
            "}",
        ];
        var text = line + string.Concat(lines.Select(one => indentation + one + line));
        var helper = SyntaxFactory.ParseMemberDeclaration(text, options: (CSharpParseOptions)root.SyntaxTree.Options)!;
        if (space != null)
            file.Edits.AddLast(space, node => ((NamespaceDeclarationSyntax)node).AddMembers(helper));
        else if (root.Members.OfType<FileScopedNamespaceDeclarationSyntax>().FirstOrDefault() is { } scoped)
            file.Edits.AddLast(scoped, node => ((FileScopedNamespaceDeclarationSyntax)node).WithMembers(EndLine(((FileScopedNamespaceDeclarationSyntax)node).Members, line).Add(helper)));
        else
            file.Edits.AddLast(root, node => ((CompilationUnitSyntax)node).WithMembers(EndLine(((CompilationUnitSyntax)node).Members, line).Add(helper)));
    }

    // The last member of a file may lack the end of its line.
    private static SyntaxList<MemberDeclarationSyntax> EndLine(SyntaxList<MemberDeclarationSyntax> members, string line) =>
        members.LastOrDefault() is { } last && !last.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia)
            ? members.Replace(last, last.WithTrailingTrivia(last.GetTrailingTrivia().Add(SyntaxFactory.EndOfLine(line))))
            : members;

    private static INamedTypeSymbol? Existing(string name, FixContext context) =>
        context.Semantics.Compilation.GetSymbolsWithName(name, SymbolFilter.Type, context.Cancellation).OfType<INamedTypeSymbol>()
            .FirstOrDefault(type => type.GetMembers(Member).OfType<IMethodSymbol>().Any(method =>
                method is { IsStatic: true, ReturnType.SpecialType: SpecialType.System_String, DeclaredAccessibility: not Accessibility.Private, Parameters: [{ IsParams: true }] }));

    private static string NamespaceOf(KeyFile file) =>
        ((CompilationUnitSyntax)file.Context.Root).Members.OfType<BaseNamespaceDeclarationSyntax>().LastOrDefault()?.Name.ToString() ?? "";

    private INamedTypeSymbol? TypeOf(string name) => context.Semantics.Compilation.GetTypesByMetadataName(name).FirstOrDefault();

    private INamedTypeSymbol? Static(string name, string member) =>
        TypeOf(name) is { } found && found.GetMembers(member).Any(m => m.IsStatic && m.DeclaredAccessibility == Accessibility.Public) ? found : null;
}
