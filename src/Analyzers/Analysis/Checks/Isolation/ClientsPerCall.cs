using AgentLint.Analysis.Sharing;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>A client that every call makes for itself.</summary>
/// <param name="Made">The creation.</param>
/// <param name="Entry">What the catalogue says of it.</param>
/// <param name="IsDisposed">Whether the function ends it.</param>
/// <param name="Entrance">From where the function is reached.</param>
internal sealed record ClientPerCall(IOperation Made, CatalogueEntry Entry, bool IsDisposed, Entrance Entrance);

/// <summary>
/// Finds clients that hold sockets, a connection or a process, and that a function makes each time it runs, uses and forgets. A client that is kept, handed on,
/// given back or made once for a program is not reported.
/// </summary>
internal sealed class ClientsPerCall(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    /// <summary>The clients of the file that are made for one call, neither kept nor made once.</summary>
    public IEnumerable<ClientPerCall> In()
    {
        var made = new Creations(model, Makes).In(semantics, cancellation).Select(found => (Operation: (IOperation)found.Creation, found.Entry)).ToList();
        foreach (var use in model.Query(Makes).In(semantics.SyntaxTree, cancellation))
            if (semantics.OperationOf(use.Name, cancellation) is IInvocationOperation call)
                made.Add((call, use.Entry));
        foreach (var (operation, entry) in made.OrderBy(found => found.Operation.Syntax.SpanStart))
            if (At(operation, entry) is { } client)
                yield return client;
    }

    private static bool Makes(CatalogueEntry entry) => entry.Role == CatalogueRole.CostlyClient;

    private ClientPerCall? At(IOperation made, CatalogueEntry entry)
    {
        if (IsOfStart(made.Syntax) || IsShared(made, entry))
            return null;
        if (VariableOf(made) is not { } variable)
            return IsUsedAtOnce(made) ? Found(isDisposed: false) : null;
        return Escapes(variable.Local, made) ? null : Found(variable.IsDisposed || IsDisposedLater(variable.Local, made));

        ClientPerCall? Found(bool isDisposed)
        {
            var entrance = Entrances.Of(model).At(made.Syntax, cancellation);
            return entrance.Root == null && !entrance.IsOpen ? null : new ClientPerCall(made, entry, isDisposed, entrance);
        }
    }

    // The constructor of an object, its fields, a factory of the container, the start of the program.
    private bool IsOfStart(SyntaxNode place)
    {
        for (var node = place.Parent; node != null; node = node.Parent)
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax:
                    if (semantics.GetOperation(node, cancellation) is not { } lambda || !CallGraph.Of(model).RunsNow(lambda, cancellation))
                        return (semantics.GetSymbolInfo(node, cancellation).Symbol is IMethodSymbol function && (model.RolesOf(function, cancellation) & MethodRoles.Root) == 0) || IsKept(node);
                    break;
                case ConstructorDeclarationSyntax or FieldDeclarationSyntax or PropertyDeclarationSyntax or GlobalStatementSyntax or AccessorDeclarationSyntax:
                    return true;
                case MethodDeclarationSyntax:
                    return semantics.GetDeclaredSymbol(node, cancellation) is not IMethodSymbol method
                        || Entrances.Of(model).IsOfStart(method, cancellation)
                        || CodePlace.IsOfTests(method, model, cancellation);
            }

        return true;
    }

    private bool IsKept(SyntaxNode lambda) => lambda.Parent is ArgumentSyntax { Parent.Parent: ObjectCreationExpressionSyntax };

    // new HttpClient(handler): a handler that is kept elsewhere has the sockets.
    private bool IsShared(IOperation made, CatalogueEntry entry) =>
        entry["shared"] is { } parameter
        && (made as IObjectCreationOperation)?.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value.Unwrap() is { } handler
        && handler is not IObjectCreationOperation;

    private (ILocalSymbol Local, bool IsDisposed)? VariableOf(IOperation made)
    {
        var value = made;
        while (value.Parent is IAwaitOperation or IConversionOperation or IParenthesizedOperation || value.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter" or "GetResult" })
            value = value.Parent;
        if (value.Parent is not IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } })
            return null;
        var declaration = local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        var isUsing = declaration?.Parent is VariableDeclarationSyntax { Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } or UsingStatementSyntax };
        return (local, isUsing);
    }

    // new HttpClient().GetStringAsync(…)
    private static bool IsUsedAtOnce(IOperation made) =>
        made.Parent is IInvocationOperation { Instance: { } instance } && instance.Unwrap() == made.Unwrap();

    // Given back, kept, or handed to something that may keep it.
    private static bool Escapes(ILocalSymbol local, IOperation made)
    {
        foreach (var operation in made.Top().Descendants())
        {
            if (operation is not ILocalReferenceOperation reference || !SymbolEqualityComparer.Default.Equals(reference.Local, local))
                continue;
            var use = reference.Parent;
            while (use is IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation)
                use = use.Parent;
            switch (use)
            {
                // client.GetAsync(…), client.Timeout = …, client?.Dispose()
                case IInvocationOperation call when call.Receiver()?.Unwrap() is ILocalReferenceOperation:
                case IMemberReferenceOperation:
                case IArgumentOperation { Parameter.Ordinal: 0, Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } }:
                    continue;
                default:
                    return true;
            }
        }

        return false;
    }

    private static bool IsDisposedLater(ILocalSymbol local, IOperation made) =>
        made.Top().Descendants().Any(operation =>
            operation is IInvocationOperation { TargetMethod.Name: "Dispose" or "DisposeAsync" } call
            && call.Receiver()?.Unwrap() is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local));
}
