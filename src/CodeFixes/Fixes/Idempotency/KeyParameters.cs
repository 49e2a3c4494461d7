using AgentLint.Analysis;
using AgentLint.Editing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;

namespace AgentLint.Fixes.Idempotency;

/// <summary>Finds all that has to change when a method gets a parameter, and changes it.</summary>
internal sealed class KeyParameters(FixContext context)
{
    private readonly AgentModel model = context.Model;
    private readonly CancellationToken cancellation = context.Cancellation;

    /// <summary>A method, what it implements and the other implementations; null where one of them cannot get a parameter.</summary>
    public async Task<IReadOnlyList<IMethodSymbol>?> FamilyOfAsync(IMethodSymbol method)
    {
        var family = new List<IMethodSymbol>();
        var open = new Queue<IMethodSymbol>();
        open.Enqueue(method);
        while (open.Count > 0)
        {
            var next = open.Dequeue();
            if (family.Contains(next, SymbolEqualityComparer.Default))
                continue;
            if (next.IsOverride || next.IsVirtual || next.IsExtern || next.PartialDefinitionPart != null || next.PartialImplementationPart != null || !next.ExplicitInterfaceImplementations.IsEmpty
                || (next.IsAbstract && next.ContainingType.TypeKind != TypeKind.Interface)
                || next.DeclaringSyntaxReferences.Length != 1
                || next.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is not MethodDeclarationSyntax
                || !model.Compilation.ContainsSyntaxTree(next.DeclaringSyntaxReferences[0].SyntaxTree))
                return null;
            family.Add(next);
            if (next.ContainingType.TypeKind == TypeKind.Interface)
                foreach (var implementation in await SymbolFinder.FindImplementationsAsync(next, context.Document.Project.Solution, cancellationToken: cancellation).ConfigureAwait(false))
                    open.Enqueue((IMethodSymbol)implementation);
            else
                foreach (var member in next.ContainingType.AllInterfaces.SelectMany(i => i.GetMembers(next.Name)).OfType<IMethodSymbol>())
                    if (SymbolEqualityComparer.Default.Equals(next.ContainingType.FindImplementationForInterfaceMember(member), next))
                        open.Enqueue(member.OriginalDefinition);
        }

        return family;
    }

    /// <summary>The calls of a method and its family; null where one is used otherwise, or where others use it than this project.</summary>
    public async Task<IReadOnlyList<InvocationExpressionSyntax>?> CallsOfAsync(IMethodSymbol method, IReadOnlyList<IMethodSymbol> family)
    {
        var calls = new List<InvocationExpressionSyntax>();
        var ids = family.Select(member => member.GetDocumentationCommentId()).ToList();
        foreach (var found in await SymbolFinder.FindReferencesAsync(method, context.Document.Project.Solution, cancellation).ConfigureAwait(false))
        {
            if (!ids.Contains(found.Definition.GetDocumentationCommentId()))
                return null;
            foreach (var location in found.Locations)
            {
                if (location.IsImplicit || location.Document.Project.Id != context.Document.Project.Id || location.Location.SourceTree is not { } tree)
                    return null;
                var node = (await tree.GetRootAsync(cancellation).ConfigureAwait(false)).FindNode(location.Location.SourceSpan, findInsideTrivia: true, getInnermostNodeForTie: true);
                if (node.IsPartOfStructuredTrivia() || node.Ancestors().Any(outer => outer is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } }))
                    continue;
                if (node is not SimpleNameSyntax name || CallOf(name) is not { } call)
                    return null;
                calls.Add(call);
            }
        }

        return calls;
    }

    /// <summary>Where a new parameter goes: before what may be left out, and before the token, which comes last.</summary>
    public static int PlaceOf(IMethodSymbol method)
    {
        for (var i = 0; i < method.Parameters.Length; i++)
            if (method.Parameters[i] is { } parameter && (parameter.IsOptional || parameter.IsParams || (i == method.Parameters.Length - 1 && TokenInScope.IsToken(parameter.Type))))
                return i;
        return method.Parameters.Length;
    }

    /// <summary>Plans to give a call the argument.</summary>
    public void Give(InvocationExpressionSyntax call, int place, string name, KeyFile file, string key)
    {
        if (file.Semantics.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ReducedFrom: not null })
            place--;
        var arguments = call.ArgumentList.Arguments;
        var isPositional = arguments.Count >= place && arguments.Take(place).All(argument => argument.NameColon == null);
        var index = isPositional ? place : arguments.Count;
        var text = isPositional ? key : $"{name}: {key}";
        file.Edits.Add(call.ArgumentList, node =>
        {
            var list = (ArgumentListSyntax)node;
            var argument = SyntaxFactory.ParseArgumentList($"({text})", options: call.SyntaxTree.Options).Arguments[0];
            return list.WithArguments(Insert(list.Arguments, index, argument));
        });
    }

    /// <summary>Puts one more into a list, in its layout.</summary>
    public static SeparatedSyntaxList<T> Insert<T>(SeparatedSyntaxList<T> list, int index, T added)
        where T : SyntaxNode
    {
        var comma = SyntaxFactory.Token([], SyntaxKind.CommaToken, [SyntaxFactory.Space]);
        var nodes = list.GetWithSeparators();
        if (list.Count == 0)
            return SyntaxFactory.SeparatedList<T>(SyntaxFactory.NodeOrTokenList(added));
        if (index >= list.Count)
            return SyntaxFactory.SeparatedList<T>(nodes.Add(comma).Add(added));
        var next = list[index];
        added = added.WithLeadingTrivia(next.GetLeadingTrivia());
        // On lines of their own, each stays on its own.
        if (FileHabits.IsFirstOnLine(next.GetFirstToken()) && index > 0)
            comma = list.GetSeparator(index - 1);
        var at = nodes.IndexOf(next);
        return SyntaxFactory.SeparatedList<T>(nodes.Replace(next, next.WithLeadingTrivia(comma.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia) ? next.GetLeadingTrivia() : default)).InsertRange(at, [added, comma]));
    }

    private static InvocationExpressionSyntax? CallOf(SimpleNameSyntax name)
    {
        ExpressionSyntax expression = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access
            : name.Parent is MemberBindingExpressionSyntax binding ? binding
            : name;
        return expression.Parent is InvocationExpressionSyntax call && call.Expression == expression ? call : null;
    }
}
