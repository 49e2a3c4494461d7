using AgentLint.Analysis.Calls;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.DurableExecution;

/// <summary>A log line that each replay writes again.</summary>
/// <param name="Site">The place in the workflow function that writes it, or that hands its logger on.</param>
/// <param name="Log">The member of the logger that is called.</param>
/// <param name="Way">The methods from the workflow function to the call, without both ends.</param>
/// <param name="Replacement">The member of the engine's API that gives a logger which is silent during replay; null where there is none.</param>
internal sealed record ReplayedLog(SyntaxNode Site, IMethodSymbol Log, IReadOnlyList<IMethodSymbol> Way, string? Replacement);

/// <summary>
/// Finds log lines of workflow code whose logger is shown not to come from the engine: the workflow class's own, a parameter of the workflow function,
/// or one that a factory makes. A logger of unknown origin counts as the engine's.
/// </summary>
internal sealed class ReplayedLogs(AgentModel model, int depth, CancellationToken cancellation)
{
    private readonly ReplayGuards guards = ReplayGuards.Of(model);

    /// <summary>The first such line of a workflow function; null where there is none. One logger is one fault, however often it is used.</summary>
    public ReplayedLog? FirstIn(WorkflowFunction workflow)
    {
        if (workflow.Api == null || workflow.Function.MethodKind is MethodKind.Constructor)
            return null;
        var found = Search(workflow.Function, [], new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default));
        return found == null ? null : found with { Replacement = ReplacementFor(workflow) };
    }

    private ReplayedLog? Search(IMethodSymbol function, IReadOnlyList<IInvocationOperation> path, HashSet<IMethodSymbol> entered)
    {
        if (!entered.Add(function.Implementation()) || path.Count > depth)
            return null;
        foreach (var call in MethodBodies.Of(function, model, cancellation).SelectMany(body => body.DescendantsAndSelf()).OfType<IInvocationOperation>())
        {
            var target = call.TargetMethod;
            var takesLogger = target.Parameters.Any(parameter => IsLogger(parameter.Type));
            if (!IsLogger(target.ContainingType) && !takesLogger && !IsOwnHelper(target, function))
                continue;
            if (guards.RunsOnlyLive(call.Syntax, cancellation))
                continue;
            if (LoggerOf(call) is { } logger)
            {
                if (IsOutsideEngine(logger, path, []) && !path.Append(call).All(step => IsLast(step.Syntax)))
                    return new ReplayedLog((path.Count == 0 ? call : path[0]).Syntax, target, [.. path.Select(step => step.TargetMethod)], null);
            }
            else if (MethodBodies.HasSource(target, model) && Search(target, [.. path, call], entered) is { } deeper)
            {
                return deeper;
            }
        }

        return null;
    }

    // What a function does behind its last wait runs once: when the workflow has ended, it is not replayed to go on.
    private static bool IsLast(SyntaxNode site)
    {
        for (var (node, parent) = (site, site.Parent); parent is not (null or MemberDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax); (node, parent) = (parent, parent.Parent))
            switch (parent)
            {
                case WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax when Waits(parent):
                    return false;
                case BlockSyntax block:
                    foreach (var next in block.Statements.SkipWhile(statement => statement != node).Skip(1))
                        if (Waits(next))
                            return false;
                        else if (next is ReturnStatementSyntax or ThrowStatementSyntax)
                            return true;
                    break;
            }

        return true;
    }

    private static bool Waits(SyntaxNode code) => code.DescendantNodesAndSelf().Any(node => node is AwaitExpressionSyntax);

    // logger.LogInformation(…), and what the generator of log methods writes: Log.Started(logger).
    private IOperation? LoggerOf(IInvocationOperation call) =>
        IsLogger(call.TargetMethod.ContainingType) ? Writes(call.TargetMethod) ? call.Receiver() : null
        : call.TargetMethod.GetAttributes().Any(attribute => model.Is(attribute.AttributeClass, CatalogueRole.Log))
            ? call.Arguments.FirstOrDefault(argument => IsLogger(argument.Parameter?.Type))?.Value
        : null;

    // logger.IsEnabled(…) only asks, logger.BeginScope(…) only says where later lines belong.
    private bool Writes(IMethodSymbol member) =>
        !model.EntriesOf(member.ContainingType).Any(entry => entry.Role == CatalogueRole.Log && entry.List("silent").Contains(member.Name));

    private bool IsLogger(ITypeSymbol? type) => model.Is((type as INamedTypeSymbol)?.OriginalDefinition, CatalogueRole.Log);

    private bool IsOwnHelper(IMethodSymbol target, IMethodSymbol function) =>
        target.MethodKind == MethodKind.LocalFunction || SymbolEqualityComparer.Default.Equals(target.ContainingType, function.ContainingType);

    private bool IsOutsideEngine(IOperation logger, IReadOnlyList<IInvocationOperation> path, HashSet<ISymbol> asked)
    {
        logger = logger.Unwrap();
        switch (logger)
        {
            case ILocalReferenceOperation { Local: var local } when logger.SemanticModel is { } semantics:
                return asked.Add(local) && local.InitializerOf(semantics, cancellation) is { } value && IsOutsideEngine(value, path, asked);
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } captured }:
                // A parameter of a primary constructor is a field of the class.
                return BelongsToWorkflow(captured.ContainingType, path, logger);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return !IsWritten(parameter, logger) && (HandedOver(parameter, path) is var (given, before) ? given != null && IsOutsideEngine(given, before, asked) : IsOfFunction(parameter, path));
            case IFieldReferenceOperation { Field: var field }:
                return (field.IsStatic || BelongsToWorkflow(field.ContainingType, path, logger)) && !IsWrittenLater(field);
            case IPropertyReferenceOperation { Property: var property }:
                return model.Find(property, CatalogueRole.ReplaySafeLogger) == null
                    && model.Declares(property)
                    && BelongsToWorkflow(property.ContainingType, path, logger)
                    && property.DeclaringSyntaxReferences.Length > 0
                    && property.GetMethod is { } getter && !MethodBodies.Of(getter, model, cancellation).SelectMany(body => body.Descendants()).Any()
                    && !IsWrittenLater(property);
            // factory.CreateLogger("…"), functionContext.GetLogger("…")
            case IInvocationOperation { TargetMethod: var maker } call:
                return model.Find(maker, CatalogueRole.ReplaySafeLogger) == null
                    && !model.Declares(maker)
                    && !model.Is(call.Receiver()?.Unwrap().Type, CatalogueRole.WorkflowContext)
                    && !call.Arguments.Any(argument => model.Is(argument.Value.Unwrap().Type, CatalogueRole.WorkflowContext));
            default:
                return false;
        }
    }

    // What the caller on the path gives for a parameter; null where the function has no caller on the path.
    private static (IOperation? Value, IReadOnlyList<IInvocationOperation> Before)? HandedOver(IParameterSymbol parameter, IReadOnlyList<IInvocationOperation> path)
    {
        for (var i = path.Count - 1; i >= 0; i--)
            if (SymbolEqualityComparer.Default.Equals(path[i].TargetMethod.OriginalDefinition, parameter.ContainingSymbol.OriginalDefinition))
                return (path[i].Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal)?.Value, [.. path.Take(i)]);
        return null;
    }

    // The parameter of a lambda is given by what runs the lambda.
    private static bool IsOfFunction(IParameterSymbol parameter, IReadOnlyList<IInvocationOperation> path) =>
        path.Count == 0 && parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Ordinary };

    // A logger of this object, or of a static class. That of another object may have come from the engine.
    private static bool BelongsToWorkflow(INamedTypeSymbol type, IReadOnlyList<IInvocationOperation> path, IOperation logger) =>
        path.All(step => SymbolEqualityComparer.Default.Equals(step.TargetMethod.ContainingType, type) || step.Arguments.Any(argument => argument.Value.Syntax == logger.Syntax) || IsBefore(step, logger))
        && (logger is not IMemberReferenceOperation { Instance: { } instance } || instance is IInstanceReferenceOperation);

    private static bool IsBefore(IInvocationOperation step, IOperation logger) => step.Syntax.SyntaxTree == logger.Syntax.SyntaxTree && step.Syntax.Span.Contains(logger.Syntax.Span);

    private static bool IsWritten(IParameterSymbol parameter, IOperation use) =>
        use.Top().Descendants().Any(operation => operation is IAssignmentOperation { Target: IParameterReferenceOperation { Parameter: var target } } && SymbolEqualityComparer.Default.Equals(target, parameter));

    // A variable that more than a constructor sets may hold a logger of the engine.
    private bool IsWrittenLater(ISymbol member) =>
        member.ContainingType.GetMembers().OfType<IMethodSymbol>().Where(method => method.MethodKind != MethodKind.Constructor)
            .SelectMany(method => MethodBodies.Of(method, model, cancellation)).SelectMany(body => body.Descendants())
            .Any(operation => operation is IAssignmentOperation { Target: IMemberReferenceOperation { Member: var target } } && SymbolEqualityComparer.Default.Equals(target, member));

    private string? ReplacementFor(WorkflowFunction workflow)
    {
        foreach (var entry in model.Catalogue.Of(CatalogueRole.ReplaySafeLogger))
            if (entry["api"] == workflow.Api?.Fact && model.TypesOf(entry).Any())
                return $"{workflow.Context}.{entry.Members.First()}";
        return null;
    }
}
