using System.Collections.Immutable;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Flow;

/// <summary>
/// Reads handlers of exceptions: which failures they take, and what they do on their ways out. A function that stands in a handler is not run by it, and
/// is left out.
/// </summary>
internal sealed class Handlers(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    // A helper that logs may call a helper that logs.
    private const int MaxHelpers = 2;

    /// <summary>The code of a function or block, without the functions that stand in it.</summary>
    public static IEnumerable<SyntaxNode> PartsOf(SyntaxNode code) => code.DescendantNodes(node => node == code || !IsFunction(node));

    public static bool IsFunction(SyntaxNode node) => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax;

    /// <summary>Whether code throws, on some way.</summary>
    public static bool Throws(SyntaxNode code) =>
        !IsFunction(code) && PartsOf(code).Append(code).Any(part => part is ThrowStatementSyntax or ThrowExpressionSyntax);

    /// <summary>Whether something behind the block that a handler belongs to throws, as a test of what was got does.</summary>
    public static bool ThrowsBehind(TryStatementSyntax attempt)
    {
        for (SyntaxNode node = attempt; node.Parent is { } parent && !IsFunction(node); node = parent)
            if (parent is BlockSyntax block && block.Statements.SkipWhile(statement => statement != node).Skip(1).Any(Throws))
                return true;
        return false;
    }

    /// <summary>Whether a piece of code names the exception that a handler has caught.</summary>
    public static bool MentionsException(SyntaxNode code, CatchClauseSyntax handler) =>
        handler.Declaration?.Identifier.ValueText is { Length: > 0 } name
        && code.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(use => use.Identifier.ValueText == name);

    /// <summary>Whether a handler takes every exception, and asks nothing about it but whether it is a cancellation.</summary>
    public bool TakesAll(CatchClauseSyntax handler)
    {
        if (!ExceptionTypes.IsNearlyAny(handler.Declaration is { } declared ? semantics.GetTypeInfo(declared.Type, cancellation).Type : null))
            return false;
        if (handler.Filter is not { FilterExpression: var filter })
            return true;
        // when (!token.IsCancellationRequested)
        if (filter is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsCancellationRequested" } })
            return true;
        // An exception that no filter speaks of.
        return model.Compilation.GetTypesByMetadataName("System.ApplicationException").FirstOrDefault() is { } other
            && new Conditions(model, semantics, new Situation(Exception: other), cancellation).Catches(handler) == true;
    }

    /// <summary>Whether a handler takes the end of a time limit, or a cancellation, and asks nothing about it.</summary>
    public bool TakesTimeouts(CatchClauseSyntax handler) =>
        handler is { Filter: null, Declaration: { } declared } && semantics.GetTypeInfo(declared.Type, cancellation).Type is INamedTypeSymbol caught
        && model.EntriesOf(caught).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] is "canceled" or "timeout");

    /// <summary>Whether a handler takes what a client throws where its server does not answer, or refuses, and asks nothing about it.</summary>
    public bool TakesRemoteFailures(CatchClauseSyntax handler) =>
        handler is { Filter: null, Declaration: { } declared } && semantics.GetTypeInfo(declared.Type, cancellation).Type is INamedTypeSymbol caught
        && model.EntriesOf(caught).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] == "remote")
        && (declared.Identifier.ValueText is not { Length: > 0 } name || !handler.Block.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(access =>
            access.Expression is IdentifierNameSyntax of && of.Identifier.ValueText == name && semantics.GetSymbolInfo(access, cancellation).Symbol is { } member
            && model.Find(member, CatalogueRole.StatusCode) != null));

    /// <summary>What a handler does; null where it does not compile.</summary>
    public HandlerWays? Of(CatchClauseSyntax handler)
    {
        if (semantics.GetOperation(handler.Block, cancellation) is not { } block || semantics.AnalyzeControlFlow(handler.Block) is not { Succeeded: true } flow)
            return null;
        var exits = (Throws(handler.Block) ? HandlerExits.Throws : 0)
            | (flow.EndPointIsReachable ? HandlerExits.GoesOn : 0)
            | (flow.ReturnStatements.IsEmpty ? 0 : HandlerExits.Returns)
            | (flow.ExitPoints.Any(exit => exit is not ReturnStatementSyntax) ? HandlerExits.Jumps : 0);
        var logs = ImmutableArray.CreateBuilder<IOperation>();
        var deeds = ImmutableArray.CreateBuilder<IOperation>();
        var open = new Stack<IOperation>();
        open.Push(block);
        while (open.Count > 0)
        {
            var operation = open.Pop();
            switch (operation)
            {
                case IAnonymousFunctionOperation or ILocalFunctionOperation or IReturnOperation or IThrowOperation:
                    continue;
                case IInvocationOperation call when IsLog(call, 0):
                    logs.Add(call);
                    continue;
                case IInvocationOperation call when !IsPlain(call):
                    deeds.Add(call);
                    break;
                // A call that does not compile may do anything.
                case IInvalidOperation { Syntax: InvocationExpressionSyntax }:
                    deeds.Add(operation);
                    break;
                case IAssignmentOperation { Target: not IDiscardOperation } assignment when !StandsIn(assignment.Target, handler):
                    deeds.Add(assignment);
                    break;
                case IIncrementOrDecrementOperation change when !StandsIn(change.Target, handler):
                    deeds.Add(change);
                    break;
                case IEventAssignmentOperation:
                    deeds.Add(operation);
                    break;
            }

            foreach (var child in operation.ChildOperations.Reverse())
                open.Push(child);
        }

        return new HandlerWays(handler, exits, [.. flow.ReturnStatements.OfType<ReturnStatementSyntax>()], logs.ToImmutable(), deeds.ToImmutable());
    }

    /// <summary>Whether a call writes something down, for people to read.</summary>
    public bool IsLog(IInvocationOperation call) => IsLog(call, 0);

    // A member of a log, what extends one, or a helper of the program that does nothing else.
    private bool IsLog(IInvocationOperation call, int helpers)
    {
        var method = (call.TargetMethod.ReducedFrom ?? call.TargetMethod).OriginalDefinition;
        if (IsLogType(method.ContainingType) || IsLogType(call.Receiver()?.Type) || method.GetAttributes().Any(attribute => IsLogType(attribute.AttributeClass)))
            return true;
        // Console.Error.WriteLine
        if (call.Instance?.Unwrap() is IPropertyReferenceOperation { Property: { IsStatic: true } stream } && IsLogType(stream.ContainingType))
            return true;
        if (helpers >= MaxHelpers || !model.Declares(method) || !(method.ReturnsVoid || method.ReturnType.IsTask()) || CallGraph.Of(model).Resolve(method) is not { } target)
            return false;
        var logs = false;
        foreach (var body in MethodBodies.Of(target, model, cancellation))
            foreach (var part in body.Descendants())
                switch (part)
                {
                    case IInvocationOperation inner when IsLog(inner, helpers + 1):
                        logs = true;
                        break;
                    case IInvocationOperation inner when !IsPlain(inner) && !IsInLog(inner, helpers):
                    case IAssignmentOperation { Target: not (ILocalReferenceOperation or IDiscardOperation) } when part.Parent is not IObjectOrCollectionInitializerOperation:
                        return false;
                }

        return logs;
    }

    private bool IsInLog(IOperation part, int helpers)
    {
        for (var around = part.Parent; around != null; around = around.Parent)
            if (around is IInvocationOperation call && IsLog(call, helpers + 1))
                return true;
        return false;
    }

    private bool IsLogType(ITypeSymbol? type) => model.Is((type as INamedTypeSymbol)?.OriginalDefinition, CatalogueRole.Log);

    // Makes a text or a task of what it is given, undoes what the block has begun, or lets go of a resource.
    private bool IsPlain(IInvocationOperation call)
    {
        var type = (call.TargetMethod.ReducedFrom ?? call.TargetMethod).ContainingType;
        return call.TargetMethod.Name is "Dispose" or "DisposeAsync" or "ToString" or "GetType" or "ConfigureAwait" or "ThrowIfCancellationRequested"
            || type?.SpecialType is SpecialType.System_Object or SpecialType.System_String or SpecialType.System_DateTime
            || ExceptionTypes.IsException(type)
            || model.Find(call.TargetMethod, CatalogueRole.Rollback) != null
            || (model.Is(type?.OriginalDefinition, CatalogueRole.Carrier) && call.Instance == null);
    }

    private static bool StandsIn(IOperation target, CatchClauseSyntax handler) => target.Unwrap() switch
    {
        ILocalReferenceOperation { Local: var local } => local.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration && handler.Span.Contains(declaration.Span),
        IDeclarationExpressionOperation => true,
        // new Failure { Text = … }
        IMemberReferenceOperation { Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } } => true,
        _ => false,
    };
}
