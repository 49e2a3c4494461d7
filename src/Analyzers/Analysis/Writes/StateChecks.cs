using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// Whether code finds out, before it writes, that the operation was done: by a look at what is there, by a claim that only the first attempt gets, or by
/// a refusal that it takes for success. A condition guards where it is about the same operation and lets the write go on only while nothing is found.
/// </summary>
internal static class StateChecks
{
    private const int MaxParts = 200;

    /// <summary>Whether a path of calls is guarded.</summary>
    public static bool Precede(Witness path, AgentModel model, CancellationToken cancellation)
    {
        foreach (var step in path.Steps)
        {
            var semantics = model.SemanticsOf(step.Site.SyntaxTree);
            if (TakesRefusalForDone(step.Site, semantics, model, cancellation))
                return true;
            foreach (var (condition, runsWhenTrue) in ConditionsBefore(step.Site))
                foreach (var test in TestsIn(condition))
                    if (Guards(test, runsWhenTrue, path, semantics, model, cancellation))
                        return true;
        }

        return false;
    }

    /// <summary>Whether what writes was asked before, as a file is whether it exists.</summary>
    public static bool AskWhatWrites(Witness path, AgentModel model, CancellationToken cancellation)
    {
        foreach (var step in path.Steps)
            foreach (var (condition, _) in ConditionsBefore(step.Site))
                foreach (var call in condition.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>())
                    if (SymbolEqualityComparer.Default.Equals(model.SemanticsOf(step.Site.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol?.ContainingType, path.Target.ContainingType))
                        return true;
        return false;
    }

    // catch (WorkflowAlreadyStartedException) { return; }, catch (CosmosException e) when (e.StatusCode == HttpStatusCode.Conflict)
    private static bool TakesRefusalForDone(SyntaxNode site, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        foreach (var attempt in site.Ancestors().OfType<TryStatementSyntax>())
            if (attempt.Block.Span.Contains(site.Span))
                foreach (var handler in attempt.Catches)
                    if (!handler.Block.Statements.Any(statement => statement is ThrowStatementSyntax)
                        && ((handler.Declaration is { } declared && semantics.GetTypeInfo(declared.Type, cancellation).Type is INamedTypeSymbol type
                                && model.EntriesOf(type).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] == "duplicate"))
                            || handler.Filter?.FilterExpression.DescendantNodesAndSelf().OfType<ExpressionSyntax>().Any(part => IsConflict(part, semantics, cancellation)) == true))
                        return true;
        return false;
    }

    private static bool IsConflict(ExpressionSyntax part, SemanticModel semantics, CancellationToken cancellation) =>
        part is MemberAccessExpressionSyntax or LiteralExpressionSyntax or IdentifierNameSyntax
        && semantics.GetConstantValue(part, cancellation) is { HasValue: true, Value: 409 };

    // ---- Conditions -------------------------------------------------------------------------------------------------------

    // The conditions that a place stands under, and those of earlier statements that may leave.
    private static IEnumerable<(ExpressionSyntax Condition, bool? RunsWhenTrue)> ConditionsBefore(SyntaxNode site)
    {
        for (var (child, parent) = (site, site.Parent); parent != null && child is not MemberDeclarationSyntax; (child, parent) = (parent, parent.Parent))
            switch (parent)
            {
                case IfStatementSyntax choice when child != choice.Condition:
                    yield return (choice.Condition, child == choice.Statement);
                    break;
                case ConditionalExpressionSyntax choice when child != choice.Condition:
                    yield return (choice.Condition, child == choice.WhenTrue);
                    break;
                case SwitchStatementSyntax choice when child != choice.Expression:
                    yield return (choice.Expression, null);
                    break;
                case SwitchExpressionSyntax choice when child != choice.GoverningExpression:
                    yield return (choice.GoverningExpression, null);
                    break;
                case BlockSyntax block when child is StatementSyntax statement:
                    foreach (var earlier in block.Statements.TakeWhile(s => s != statement).OfType<IfStatementSyntax>())
                        if (Leaves(earlier.Statement))
                            yield return (earlier.Condition, false);
                        else if (earlier.Else is { } other && Leaves(other.Statement))
                            yield return (earlier.Condition, true);
                    break;
            }
    }

    private static bool Leaves(StatementSyntax branch) =>
        branch.DescendantNodesAndSelf(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Any(node => node.IsKind(SyntaxKind.ReturnStatement) || node.IsKind(SyntaxKind.ThrowStatement) || node.IsKind(SyntaxKind.ContinueStatement) || node.IsKind(SyntaxKind.BreakStatement));

    // a && b, a || b
    private static IEnumerable<ExpressionSyntax> TestsIn(ExpressionSyntax condition)
    {
        var open = new Stack<ExpressionSyntax>();
        open.Push(condition);
        while (open.Count > 0)
            switch (open.Pop())
            {
                case ParenthesizedExpressionSyntax inner:
                    open.Push(inner.Expression);
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both:
                    open.Push(both.Right);
                    open.Push(both.Left);
                    break;
                case var test:
                    yield return test;
                    break;
            }
    }

    // ---- Guards -----------------------------------------------------------------------------------------------------------

    private static bool Guards(ExpressionSyntax test, bool? runsWhenTrue, Witness path, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        var meaning = MeaningOf(test, semantics, model, cancellation);
        if (meaning == TestMeaning.Amount)
            return false;
        var evidence = EvidenceIn(test, path, semantics, model, cancellation);
        return evidence switch
        {
            // Only one attempt gets it, whatever its answer is called.
            Evidence.Claim => true,
            // What the path itself sets tells the second attempt of the first.
            Evidence.OwnState => true,
            // To go on only with what was found keeps no attempt from going on twice.
            Evidence.Look => meaning == TestMeaning.State || runsWhenTrue is null || (meaning == TestMeaning.Found) != runsWhenTrue,
            _ => false,
        };
    }

    // What the outcome "true" of a test says of what was read.
    private static TestMeaning MeaningOf(ExpressionSyntax test, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        switch (test)
        {
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var operand }:
                return Opposite(MeaningOf(operand, semantics, model, cancellation));
            case ParenthesizedExpressionSyntax inner:
                return MeaningOf(inner.Expression, semantics, model, cancellation);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } equal:
                return IsNothing(equal.Left) || IsNothing(equal.Right) ? TestMeaning.Missing
                    : IsTrue(equal.Left) ? MeaningOf(equal.Right, semantics, model, cancellation)
                    : IsTrue(equal.Right) ? MeaningOf(equal.Left, semantics, model, cancellation)
                    : TestMeaning.State;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression } unequal:
                return IsNothing(unequal.Left) || IsNothing(unequal.Right) ? TestMeaning.Found : TestMeaning.State;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.GreaterThanExpression, Right: var limit }:
                return IsZero(limit) ? TestMeaning.Found : TestMeaning.Amount;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.GreaterThanOrEqualExpression, Right: LiteralExpressionSyntax { Token.Value: 1 } }:
                return TestMeaning.Found;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LessThanExpression, Right: LiteralExpressionSyntax { Token.Value: 1 } }:
                return TestMeaning.Missing;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.LessThanOrEqualExpression or (int)SyntaxKind.GreaterThanOrEqualExpression }:
                return TestMeaning.Amount;
            case IsPatternExpressionSyntax pattern:
                return MeaningOf(pattern.Pattern);
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsNullOrEmpty" or "IsNullOrWhiteSpace" } }:
                return TestMeaning.Missing;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Equals" } }:
                return TestMeaning.State;
            default:
                // A truth value says that what it is called is so; a success of a read says that something was there.
                return TestMeaning.Found;
        }
    }

    private static TestMeaning MeaningOf(PatternSyntax pattern) => pattern switch
    {
        ConstantPatternSyntax { Expression: var value } => IsNothing(value) ? TestMeaning.Missing : IsTrue(value) ? TestMeaning.Found : value.IsKind(SyntaxKind.FalseLiteralExpression) ? TestMeaning.Missing : TestMeaning.State,
        UnaryPatternSyntax { Pattern: var inner } => Opposite(MeaningOf(inner)),
        RecursivePatternSyntax { PropertyPatternClause.Subpatterns.Count: 0 } or DeclarationPatternSyntax or VarPatternSyntax => TestMeaning.Found,
        RelationalPatternSyntax { OperatorToken.RawKind: (int)SyntaxKind.GreaterThanToken, Expression: var limit } when IsZero(limit) => TestMeaning.Found,
        RelationalPatternSyntax => TestMeaning.Amount,
        _ => TestMeaning.State,
    };

    private static TestMeaning Opposite(TestMeaning meaning) => meaning switch
    {
        TestMeaning.Found => TestMeaning.Missing,
        TestMeaning.Missing => TestMeaning.Found,
        _ => meaning,
    };

    private static bool IsNothing(ExpressionSyntax value) =>
        value.IsKind(SyntaxKind.NullLiteralExpression) || value.IsKind(SyntaxKind.DefaultLiteralExpression) || value.IsKind(SyntaxKind.FalseLiteralExpression) || IsZero(value);

    private static bool IsZero(ExpressionSyntax value) => value is LiteralExpressionSyntax { Token.Value: 0 or 0L };

    private static bool IsTrue(ExpressionSyntax value) => value.IsKind(SyntaxKind.TrueLiteralExpression);

    // ---- Evidence ---------------------------------------------------------------------------------------------------------

    private static Evidence EvidenceIn(ExpressionSyntax test, Witness path, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        var found = Evidence.None;
        var isAboutOperation = NamesOperation(test, path, semantics, model, cancellation);
        foreach (var value in ValuesIn(test, semantics, cancellation))
            foreach (var part in value.DescendantsAndSelf())
                switch (part)
                {
                    case IInvocationOperation call when IsClaim(call, path, model, cancellation):
                        return Evidence.Claim;
                    case IFieldReferenceOperation { Field: { IsConst: false } field } when IsSetOnPath(field, path, model, cancellation):
                        return Evidence.OwnState;
                    case IInvocationOperation call when IsRead(call, model, cancellation):
                        isAboutOperation |= NamesOperation(call.Syntax, path, semantics, model, cancellation);
                        if (IsLimited(call) || FailsOpen(call, model, cancellation))
                            return Evidence.None;
                        found = Evidence.Look;
                        break;
                }

        return found == Evidence.Look && (isAboutOperation || IsChangedOnPath(test, path, semantics, cancellation)) ? Evidence.Look : Evidence.None;
    }

    // The test itself, and what the locals in it were declared with.
    private static IEnumerable<IOperation> ValuesIn(ExpressionSyntax test, SemanticModel semantics, CancellationToken cancellation)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        if (semantics.GetOperation(test, cancellation) is { } self)
            open.Enqueue(self);
        for (var count = 0; open.Count > 0 && count < MaxParts; count++)
        {
            var value = open.Dequeue();
            yield return value;
            foreach (var local in value.DescendantsAndSelf().OfType<ILocalReferenceOperation>().Select(reference => reference.Local))
                if (seen.Add(local) && local.InitializerOf(semantics, cancellation) is { } initializer)
                    open.Enqueue(initializer);
        }
    }

    // A parameter, or what was made of one: the same in the next attempt, another one in the next operation.
    private static bool NamesOperation(SyntaxNode code, Witness path, SemanticModel semantics, AgentModel model, CancellationToken cancellation)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<SyntaxNode>();
        open.Enqueue(code);
        for (var count = 0; open.Count > 0 && count < MaxParts; count++)
            foreach (var name in open.Dequeue().DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
                switch (semantics.GetSymbolInfo(name, cancellation).Symbol)
                {
                    case IParameterSymbol { Type: var type, ContainingSymbol: IMethodSymbol { MethodKind: not (MethodKind.AnonymousFunction or MethodKind.Constructor) } }
                        when type is not { Name: "CancellationToken" }:
                        return true;
                    // The parameter of a consumer that is a lambda; that of a query's condition is the row.
                    case IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } lambda } when model.RolesOf(lambda, cancellation) != MethodRoles.None:
                        return true;
                    // The request that a handler answers, wherever the handler finds it.
                    case IPropertySymbol { Type: INamedTypeSymbol request } when model.Is(request, CatalogueRole.RequestObject):
                        return true;
                    case ILocalSymbol local when seen.Add(local):
                        if (local.IsForEach)
                            return true;
                        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } declared && declared.SyntaxTree == code.SyntaxTree)
                            foreach (var value in GivenTo(local, declared))
                                open.Enqueue(value);
                        break;
                }

        return false;
    }

    // What a local is declared with, set to later, or given by a call that it is handed to with 'out'.
    private static IEnumerable<SyntaxNode> GivenTo(ILocalSymbol local, SyntaxNode declared)
    {
        if (declared is VariableDeclaratorSyntax { Initializer.Value: { } value })
            yield return value;
        if (declared is VariableDeclaratorSyntax && declared.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member)
            foreach (var set in member.DescendantNodes().OfType<AssignmentExpressionSyntax>())
                if (set.Left is IdentifierNameSyntax { Identifier.ValueText: var name } && name == local.Name)
                    yield return set.Right;
        if (declared is SingleVariableDesignationSyntax && declared.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call)
            yield return call;
    }

    // if (state.Image != null) return; … state.Image = image;
    private static bool IsChangedOnPath(ExpressionSyntax test, Witness path, SemanticModel semantics, CancellationToken cancellation)
    {
        var variables = test.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Select(name => semantics.GetSymbolInfo(name, cancellation).Symbol).OfType<ILocalSymbol>().ToList();
        return variables.Count > 0
            && test.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member
            && member.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(set =>
                set.Left is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax owner }
                && variables.Any(variable => variable.Name == owner.Identifier.ValueText));
    }

    // A call that itself writes, and tells whether it was the first: TryAdd, a conditional insert, rows that were changed.
    private static bool IsClaim(IInvocationOperation call, Witness path, AgentModel model, CancellationToken cancellation)
    {
        if (path.Steps.Any(step => step.Site == call.Syntax))
            return false;
        var entries = model.EntriesOf(call.TargetMethod);
        if (entries.Any(entry => entry.Role == CatalogueRole.Effect && entry["kind"] is "update" or "upsert" or "insert" && (entry.Has("condition") || entry["class"] is "by-change" or "conditional")))
            return true;
        if (call.TargetMethod.ReturnType.SpecialType != SpecialType.System_Boolean && !(call.Type is INamedTypeSymbol { TypeArguments.Length: 1 } task && task.IsTask() && task.TypeArguments[0].SpecialType == SpecialType.System_Boolean))
            return false;
        // seen.Add(id), seen.TryAdd(id, …)
        if (call.TargetMethod.Name is "Add" or "TryAdd" && call.Receiver()?.Unwrap() is IFieldReferenceOperation)
            return true;
        return CallGraph.Of(model).Resolve(call.TargetMethod) is { } target && MethodBodies.HasSource(target, model)
            ? Writes.Of(model).ReachedFrom(target, 4, cancellation).Any(write =>
                write.Changes && !write.Repeats && (Words.Begins(target.Name, "try") || write.Effect.Entry["class"] == "conditional" || write.Effect.Entry["kind"] == "sql"))
            : Words.Begins(call.TargetMethod.Name, "try") && call.TargetMethod.IsAbstract;
    }

    // A field counts where a function on the path sets it; that of something else says nothing of this operation.
    private static bool IsSetOnPath(IFieldSymbol field, Witness path, AgentModel model, CancellationToken cancellation) =>
        path.Steps.Select(step => step.Site.FirstAncestorOrSelf<MemberDeclarationSyntax>()).OfType<MemberDeclarationSyntax>().Distinct().Any(member =>
            member.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name =>
                name.Identifier.ValueText == field.Name && IsChanged(name)
                && SymbolEqualityComparer.Default.Equals(model.SemanticsOf(name.SyntaxTree).GetSymbolInfo(name, cancellation).Symbol, field)));

    private static bool IsChanged(IdentifierNameSyntax name)
    {
        ExpressionSyntax place = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } self ? self : name;
        return place.Parent switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left == place,
            PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax => place.Parent.RawKind is (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PostIncrementExpression,
            ElementAccessExpressionSyntax { Parent: AssignmentExpressionSyntax set } element => set.Left == element,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" or "TryAdd" or "Remove" or "TryRemove" or "Enqueue" or "Push" or "AddOrUpdate" or "GetOrAdd", Parent: InvocationExpressionSyntax } => true,
            ArgumentSyntax { RefKindKeyword.RawKind: not 0 } => true,
            _ => false,
        };
    }

    // A call that gets something from elsewhere and changes nothing. A step of the work, as a payment, is no look.
    private static bool IsRead(IInvocationOperation call, AgentModel model, CancellationToken cancellation)
    {
        var entries = model.EntriesOf(call.TargetMethod);
        if (entries.Any(entry => entry.Role is CatalogueRole.ModelCall or CatalogueRole.AgentCall))
            return false;
        if (entries.Any(entry => entry.IsRemoteCall()))
            return !entries.Any(entry => entry.Role == CatalogueRole.Effect && entry["class"] is not ("by-sql" or "by-verb"));
        if (CallGraph.Of(model).Resolve(call.TargetMethod) is { } target && MethodBodies.HasSource(target, model))
        {
            var reached = EffectSummaries.Of(model).Of(target, 6, cancellation);
            if (Writes.Of(model).ReachedFrom(target, 6, cancellation).Any(write => write.Changes) || reached.Effects.Any(effect => effect.Entry.AsksModelOrAgent()))
                return false;
            return reached.IsCut || reached.Effects.Any(effect => effect.Entry.IsRemoteCall() || effect.Entry.Role == CatalogueRole.Sink) || CallsUnknown(target, model, cancellation);
        }

        // What is not known here may look: an interface without source, or a library's task. A logger or a text operation does not.
        return call.Type.IsTask() || (call.TargetMethod.IsAbstract && call.Receiver()?.Unwrap() is IFieldReferenceOperation or IParameterReferenceOperation or IPropertyReferenceOperation);
    }

    private static bool CallsUnknown(IMethodSymbol target, AgentModel model, CancellationToken cancellation) =>
        CallGraph.Of(model).CallsOf(target, cancellation).Any(call => call.Target == null && call.Named.IsAbstract);

    // (await ListAsync(top: 20)).Any(x => …): what is not on the page may be there.
    private static bool IsLimited(IInvocationOperation call) =>
        call.Arguments.Any(argument => argument is { ArgumentKind: not ArgumentKind.DefaultValue, Parameter.Name: { } name, Value.ConstantValue: { HasValue: true, Value: int and > 1 } }
            && Words.Of(name).Any(word => word is "limit" or "top" or "take" or "page" or "max"))
        || call.Descendants().OfType<IInvocationOperation>().Any(inner => inner.TargetMethod is { Name: "Take", ContainingType.Name: "Queryable" or "Enumerable" });

    // A helper that answers "not there" when it could not look.
    private static bool FailsOpen(IInvocationOperation call, AgentModel model, CancellationToken cancellation)
    {
        if (CallGraph.Of(model).Resolve(call.TargetMethod) is not { } target || !MethodBodies.HasSource(target, model))
            return false;
        foreach (var body in MethodBodies.Of(target, model, cancellation))
            foreach (var handler in body.Descendants().OfType<ICatchClauseOperation>())
                if (handler.Filter == null
                    && handler.ExceptionType is { Name: "Exception" or "HttpRequestException" }
                    && handler.Descendants().OfType<IReturnOperation>().Any(returned => returned.ReturnedValue?.ConstantValue is { HasValue: true, Value: false or null }))
                    return true;
        return false;
    }

    private enum TestMeaning
    {
        /// <summary>Something was there.</summary>
        Found,

        /// <summary>Nothing was there.</summary>
        Missing,

        /// <summary>What was there is in some state.</summary>
        State,

        /// <summary>There is enough of something.</summary>
        Amount,
    }

    private enum Evidence
    {
        None,
        Look,
        Claim,
        OwnState,
    }
}
