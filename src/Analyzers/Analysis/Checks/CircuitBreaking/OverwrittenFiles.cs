using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.CircuitBreaking;

/// <summary>A file that is written with what the program began with, where it could not be read.</summary>
/// <param name="Handler">The handler that takes the failure.</param>
/// <param name="Function">The function that reads.</param>
/// <param name="Read">The method that reads.</param>
/// <param name="State">The field or property that keeps what was read.</param>
/// <param name="Write">The call that writes the file.</param>
/// <param name="Writer">The function that writes.</param>
internal sealed record OverwrittenFile(
    CatchClauseSyntax Handler, IMethodSymbol Function, IMethodSymbol Read, ISymbol State, SimpleNameSyntax Write, IMethodSymbol Writer);

/// <summary>
/// Finds types that keep their state in a file: one function reads it, and at most logs that it could not; another writes the state over the same file, and so
/// what could not be read is lost. A handler that does more, as to move the file aside, and a flag that only a successful read sets, are taken as care.
/// </summary>
internal sealed class OverwrittenFiles(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private readonly Handlers handlers = new(model, semantics, cancellation);

    public IEnumerable<OverwrittenFile> In()
    {
        var tree = semantics.SyntaxTree;
        if (!NameIndex.Of(tree, cancellation).Mentions("catch") || TestPlaces.Of(model, cancellation).Contains(tree))
            yield break;
        var seen = new HashSet<CatchClauseSyntax>();
        foreach (var read in Uses("read"))
            if (HandlerAround(read.Name) is { Parent: TryStatementSyntax attempt } handler
                && read is { Symbol: IMethodSymbol method, Name: var name }
                && name.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type
                && semantics.GetEnclosingSymbol(name.SpanStart, cancellation) is IMethodSymbol function
                && PathOf(read) is { } path
                && FilledBy(attempt, function, type) is { Count: > 0 } filled
                && seen.Add(handler)
                && WriteOf(path, filled, function, type) is var (write, writer, state))
                yield return new OverwrittenFile(handler, function, method, state, write, writer);
    }

    private IEnumerable<CatalogueUse> Uses(string access) =>
        model.Query(entry => entry.Role == CatalogueRole.Sink && entry["kind"] == "path" && entry["access"] == access).In(semantics.SyntaxTree, cancellation);

    // The nearest block around a read that takes all failures, and does no more than log.
    private CatchClauseSyntax? HandlerAround(SyntaxNode read)
    {
        var child = read;
        for (var node = read.Parent; node != null && !Handlers.IsFunction(node); (child, node) = (node, node.Parent))
            if (node is TryStatementSyntax attempt && attempt.Block == child)
                return attempt.Catches.FirstOrDefault(handlers.TakesAll) is { } handler && handlers.Of(handler) is { OnlyLogs: true } ? handler : null;
        return null;
    }

    // The constant, or the field or property of the type, that the file is named by.
    private object? PathOf(CatalogueUse use)
    {
        if (semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation call)
            return null;
        var named = call.Arguments.FirstOrDefault(argument => argument.Parameter is { } parameter && use.Entry.List("parameter").Contains(parameter.Name))?.Value.Unwrap();
        return named switch
        {
            { ConstantValue: { HasValue: true, Value: string text } } => text,
            IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation } member => member.Member.OriginalDefinition,
            _ => null,
        };
    }

    // What the block gives the type to keep: itself, or by what its function gives back.
    private HashSet<ISymbol> FilledBy(TryStatementSyntax attempt, IMethodSymbol function, TypeDeclarationSyntax type)
    {
        var filled = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var part in Handlers.PartsOf(attempt.Block))
            if (part switch
                {
                    AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: var keeper } } => keeper,
                    AssignmentExpressionSyntax { Left: var target } => target,
                    InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var keeper }, Parent: ExpressionStatementSyntax } => keeper,
                    _ => null,
                } is { } place && StateOf(place) is { } state)
                filled.Add(state);
        if (!function.GivesNothing())
            foreach (var call in type.DescendantNodes().OfType<InvocationExpressionSyntax>())
                if (TargetOf(call) is { } kept && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(call, cancellation).Symbol?.OriginalDefinition, function.OriginalDefinition))
                    filled.Add(kept);
        return filled;
    }

    // state = Load(), or the field's own initializer
    private ISymbol? TargetOf(InvocationExpressionSyntax call)
    {
        SyntaxNode value = call;
        while (value.Parent is AwaitExpressionSyntax or ParenthesizedExpressionSyntax)
            value = value.Parent;
        return value.Parent switch
        {
            AssignmentExpressionSyntax assignment when assignment.Right == value => StateOf(assignment.Left),
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } declared } => semantics.GetDeclaredSymbol(declared, cancellation),
            _ => null,
        };
    }

    private ISymbol? StateOf(ExpressionSyntax place) =>
        place is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }
        && semantics.GetSymbolInfo(place, cancellation).Symbol is (IFieldSymbol or IPropertySymbol) and var member
            ? member.OriginalDefinition
            : null;

    private (SimpleNameSyntax Write, IMethodSymbol Writer, ISymbol State)? WriteOf(object path, HashSet<ISymbol> filled, IMethodSymbol reader, TypeDeclarationSyntax type)
    {
        foreach (var write in Uses("write"))
            if (type.Span.Contains(write.Name.Span)
                && write.Symbol is IMethodSymbol method && model.EntriesOf(method).Any(entry => entry.Role == CatalogueRole.Effect && entry.Has("overwrites"))
                && semantics.GetEnclosingSymbol(write.Name.SpanStart, cancellation) is IMethodSymbol writer
                && !SymbolEqualityComparer.Default.Equals(writer, reader)
                && write.Name.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member
                && PathOf(write) is { } other && (path is ISymbol named ? SymbolEqualityComparer.Default.Equals(named, other as ISymbol) : path.Equals(other)))
            {
                var kept = StatesIn(member, filled).Concat(GivenTo(writer, type).SelectMany(argument => StatesIn(argument, filled))).ToList();
                // A flag that tells whether the file was read.
                if (!kept.Any(IsFlag) && kept.FirstOrDefault() is { } state)
                    return (write.Name, writer, state);
            }

        return null;
    }

    private static bool IsFlag(ISymbol state) => (state is IFieldSymbol field ? field.Type : (state as IPropertySymbol)?.Type)?.SpecialType == SpecialType.System_Boolean;

    private IEnumerable<ISymbol> StatesIn(SyntaxNode code, HashSet<ISymbol> filled) =>
        from name in code.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
        where filled.Any(state => state.Name == name.Identifier.ValueText)
        let symbol = semantics.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition
        where symbol != null && filled.Contains(symbol)
        select symbol;

    // Save(items): what the calls in the type hand over.
    private IEnumerable<SyntaxNode> GivenTo(IMethodSymbol writer, TypeDeclarationSyntax type) =>
        type.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => call.Expression is SimpleNameSyntax name && name.Identifier.ValueText == writer.Name)
            .SelectMany(call => call.ArgumentList.Arguments);
}
