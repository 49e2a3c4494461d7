using System.Collections.Immutable;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Model;

/// <summary>
/// Finds the functions that take messages in a loop: what such a loop has done for a message, it does again when the message was not acknowledged.
/// A hosted service that goes through rows, blobs or files over and over is a job.
/// </summary>
internal static class ConsumerLoops
{
    public static IEnumerable<RoleRegistration> Read(AgentModel model, CancellationToken cancellation)
    {
        var found = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var hosts = new NameSet(model.Catalogue.Of(CatalogueRole.RunsOnce).Select(entry => entry.SimpleTypeName));
        var messages = model.Query(entry => entry.Role == CatalogueRole.Receive && !entry.Has("hosted"));
        var pending = model.Query(entry => entry.Role == CatalogueRole.Receive && entry.Has("hosted"));
        foreach (var tree in model.Compilation.SyntaxTrees)
        {
            foreach (var use in messages.In(tree, cancellation))
                foreach (var consumer in LoopsAround(use.Name, model, isMessage: true, cancellation))
                    if (found.Add(consumer))
                        yield return new RoleRegistration(MethodRoles.Consumer, consumer, null, false, use.Name);
            if (!NameIndex.Of(tree, cancellation).MentionsAny(hosts))
                continue;
            foreach (var use in pending.In(tree, cancellation))
                foreach (var job in LoopsAround(use.Name, model, isMessage: false, cancellation))
                    if (IsHosted(job.ContainingType, model) && found.Add(job))
                        yield return new RoleRegistration(MethodRoles.Job, job, null, false, use.Name);
        }
    }

    private static bool IsHosted(INamedTypeSymbol type, AgentModel model) =>
        type.GetMembers().OfType<IMethodSymbol>().Any(method => model.Find(method, CatalogueRole.RunsOnce) != null);

    // The function in which a loop goes over the place; else those of the same type that call it in a loop; else the function itself, where what it
    // takes stays in it.
    private static IEnumerable<IMethodSymbol> LoopsAround(SyntaxNode place, AgentModel model, bool isMessage, CancellationToken cancellation)
    {
        if (MemberAround(place) is not { } member)
            yield break;
        if (IsInLoop(place, member))
        {
            if (SymbolOf(member, model, cancellation) is { } method)
                yield return method;
            yield break;
        }

        if (member is not MethodDeclarationSyntax { Identifier.ValueText: var name, Parent: TypeDeclarationSyntax type })
            yield break;
        var isCalledInLoop = false;
        foreach (var call in NameIndex.Of(place.SyntaxTree, cancellation).Uses(name, place.SyntaxTree.GetRoot(cancellation)))
            if (type.Span.Contains(call.Span) && MemberAround(call) is { } caller && caller != member && IsInLoop(call, caller) && SymbolOf(caller, model, cancellation) is { } method)
            {
                isCalledInLoop = true;
                yield return method;
            }

        if (isMessage && !isCalledInLoop && SymbolOf(member, model, cancellation) is { } own && (own.ReturnsVoid || own.ReturnType is INamedTypeSymbol { Arity: 0, IsValueType: false, Name: "Task" }))
            yield return own;
    }

    private static SyntaxNode? MemberAround(SyntaxNode place) =>
        place.FirstAncestorOrSelf<SyntaxNode>(node => node is MethodDeclarationSyntax or CompilationUnitSyntax);

    private static IMethodSymbol? SymbolOf(SyntaxNode member, AgentModel model, CancellationToken cancellation) => member switch
    {
        MethodDeclarationSyntax => model.SemanticsOf(member.SyntaxTree).GetDeclaredSymbol(member, cancellation) as IMethodSymbol,
        _ => model.Compilation.GetEntryPoint(cancellation) is { } entry && entry.DeclaringSyntaxReferences.Any(reference => reference.SyntaxTree == member.SyntaxTree) ? entry : null,
    };

    // A loop over the answer of one call is no loop around it: foreach (var message in await queue.ReceiveMessagesAsync()). Over a stream it is.
    private static bool IsInLoop(SyntaxNode place, SyntaxNode member)
    {
        for (var (child, node) = (place, place.Parent); node != null && child != member; (child, node) = (node, node.Parent))
            if (node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax
                || (node is CommonForEachStatementSyntax loop && (child == loop.Statement || loop.AwaitKeyword.RawKind != 0)))
                return true;
        return false;
    }
}
