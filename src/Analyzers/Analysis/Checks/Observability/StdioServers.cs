using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Observability;

/// <summary>Output that a stdio server mixes with its protocol.</summary>
/// <param name="Site">Where it is written, or where the tool calls what writes it.</param>
/// <param name="Function">The tool, or the program.</param>
/// <param name="Output">What writes, with the chain of calls.</param>
internal sealed record StrayOutput(SyntaxNode Site, ISymbol Function, Effect Output);

/// <summary>
/// Finds console output of a program that serves tools over standard input and output. A program may print what it likes before it serves, or in
/// another mode: what counts is what tools print, and what is set up beside the server.
/// </summary>
internal sealed class StdioServers
{
    private readonly AgentModel model;
    private readonly Lazy<ImmutableArray<CatalogueUse>> servers;
    private readonly CatalogueQuery setUps;

    private StdioServers(AgentModel model)
    {
        this.model = model;
        setUps = model.Query(entry => entry.Role == CatalogueRole.ConsoleOutput && ConsoleWriter.Of(entry) is { IsOff: true } or { ErrorSetting: not null });
        servers = new(() =>
        {
            // A server that is made by hand is found by its type, which is written where it is made.
            var query = model.Query(entry => entry.Role == CatalogueRole.StdioServer);
            return [.. model.Compilation.SyntaxTrees.SelectMany(tree => query.In(tree, CancellationToken.None))];
        });
    }

    public static StdioServers Of(AgentModel model) => model.Shared(m => new StdioServers(m));

    /// <summary>Whether the program serves over standard input and output, and over nothing else.</summary>
    public bool Any => !servers.Value.IsEmpty;

    /// <summary>Output that the tools of a file write.</summary>
    public IEnumerable<StrayOutput> OfToolsIn(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        if (!Any)
            yield break;
        foreach (var node in semantics.SyntaxTree.GetRoot(cancellation).DescendantNodes().OfType<MethodDeclarationSyntax>())
            if ((node.AttributeLists.Count > 0 || (node.Parent as TypeDeclarationSyntax)?.AttributeLists.Count > 0)
                && semantics.GetDeclaredSymbol(node, cancellation) is IMethodSymbol method
                && (model.RolesOf(method, cancellation) & MethodRoles.Tool) != 0)
                foreach (var effect in EffectSummaries.Of(model).Of(method, depth, cancellation).Effects)
                    if (effect.Entry.Role == CatalogueRole.ConsoleOutput && ConsoleWriter.Of(effect.Entry).WritesNow && effect.Witness.Steps[0].Site is var site && site.SyntaxTree == semantics.SyntaxTree
                        && !IsOnlyKept(effect.Witness.Steps.Last().Site, cancellation))
                        yield return new StrayOutput(site, method, effect);
    }

    /// <summary>Whether a use sets up a logger that writes to standard output in the method that sets up the server.</summary>
    public bool LogsBesideServer(CatalogueUse use, SemanticModel semantics, CancellationToken cancellation)
    {
        var writer = ConsoleWriter.Of(use.Entry);
        if (writer.WritesNow || writer.IsOff || semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation call || !StandsBesideServer(use.Name))
            return false;
        return writer.ErrorSetting is { } setting
            ? !Mentions(call.Syntax, setting)
            : writer.IsHost && !IsLoggingSetUp(FunctionAround(use.Name), cancellation);
    }

    private bool StandsBesideServer(SyntaxNode place) => servers.Value.Any(server => FunctionAround(server.Name) == FunctionAround(place));

    // The host logs to standard output until its loggers are set up: what sets them up is looked at itself.
    private bool IsLoggingSetUp(SyntaxNode function, CancellationToken cancellation) =>
        setUps.In(function.SyntaxTree, cancellation).Any(use => function.Span.Contains(use.Name.Span));

    // var before = Console.Out; … Console.SetOut(before): a writer that is kept to be put back writes nothing.
    private bool IsOnlyKept(SyntaxNode site, CancellationToken cancellation)
    {
        var writer = site.Parent is MemberAccessExpressionSyntax access && access.Name == site ? access : site;
        if (writer.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable })
            return false;
        return FunctionAround(writer).DescendantNodes().OfType<IdentifierNameSyntax>().Where(name => name.Identifier.ValueText == variable.Identifier.ValueText)
            .All(name => name.Parent is BinaryExpressionSyntax
                || (name.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call }
                    && model.Find(model.SemanticsOf(call.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol, CatalogueRole.ProcessState) != null));
    }

    private static bool Mentions(SyntaxNode call, string setting) =>
        call.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => name.Identifier.ValueText == setting);

    private static SyntaxNode FunctionAround(SyntaxNode node) =>
        node.Ancestors().FirstOrDefault(around => around is BaseMethodDeclarationSyntax or CompilationUnitSyntax) ?? node;
}
