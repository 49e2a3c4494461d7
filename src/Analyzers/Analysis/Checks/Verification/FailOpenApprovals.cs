using System.Collections.Immutable;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Agents;
using AgentLint.Analysis.Values;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Verification;

/// <summary>Why an approval lets through what no person has approved.</summary>
internal enum FailOpenKind
{
    /// <summary>A rule, or an answer, that is always yes.</summary>
    Always,

    /// <summary>No answer counts as yes.</summary>
    NoAnswer,

    /// <summary>A failure to ask counts as yes.</summary>
    Failure,

    /// <summary>That no person can be asked counts as yes.</summary>
    NoPerson,

    /// <summary>A parameter that the model fills in stands for the approval.</summary>
    ModelSays,

    /// <summary>A tool, which the model can call, grants the approval of another one.</summary>
    ToolGrants,

    /// <summary>The workflow waits for a decision and does not read it.</summary>
    Unread,
}

/// <summary>An approval that says yes by itself.</summary>
/// <param name="Site">Where it does.</param>
/// <param name="Kind">How.</param>
/// <param name="Name">What decides: the rule, the function, the parameter.</param>
/// <param name="Tool">What is let through; empty where it is anything.</param>
/// <param name="Places">Where it goes on.</param>
/// <param name="IsCertain">Whether what is let through is known to do harm.</param>
internal sealed record FailOpenApproval(SyntaxNode Site, FailOpenKind Kind, string Name, string Tool, ImmutableArray<Location> Places, bool IsCertain = true);

/// <summary>Finds approvals that fail open.</summary>
internal sealed class FailOpenApprovals(AgentModel model)
{
    private readonly CatalogueQuery answers = model.Query(entry => entry.Role == CatalogueRole.ApprovalAnswer);
    private readonly CatalogueQuery persons = model.Query(entry => entry.Role == CatalogueRole.HumanInput);
    private readonly ImmutableHashSet<string> words =
        model.Catalogue.Of(CatalogueRole.ApprovalWord).Where(entry => entry["in"] == "parameter").Select(entry => entry.Type)
            .ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);

    private readonly CatalogueQuery waits = model.Query(entry => entry.Role == CatalogueRole.ActivityCall && entry["waits"] == "event");
    private readonly ImmutableArray<IReadOnlyList<string>> stateWords =
        [.. model.Catalogue.Of(CatalogueRole.ApprovalWord).Where(entry => entry["in"] == "call").Select(entry => Words.Of(entry.Type))];

    public static FailOpenApprovals Of(AgentModel model) => model.Shared(m => new FailOpenApprovals(m));

    /// <summary>Those of a file, in the order of the text.</summary>
    public IEnumerable<FailOpenApproval> In(SemanticModel semantics, int depth, CancellationToken cancellation) =>
        ByAnswer(semantics, cancellation).Concat(ByPerson(semantics, cancellation)).Concat(ByParameter(semantics, depth, cancellation))
            .Concat(ByTool(semantics, depth, cancellation)).Concat(ByEvent(semantics, cancellation))
            .OrderBy(found => found.Site.SpanStart);

    // ---- rules and answers that are always yes --------------------------------------------------------------------------------

    private IEnumerable<FailOpenApproval> ByAnswer(SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var use in answers.In(semantics.SyntaxTree, cancellation))
        {
            if (use.Entry.Has("always"))
                yield return new FailOpenApproval(use.Name.Parent is MemberAccessExpressionSyntax access ? access : use.Name,
                    FailOpenKind.Always, Witness.NameOf(use.Symbol), "", []);
            else if (use.Entry.Has("rule") && use.Name.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { } set
                && set.Left.Span.Contains(use.Name.Span))
            {
                foreach (var rule in set.Right.DescendantNodesAndSelf(static node => node is not AnonymousFunctionExpressionSyntax)
                    .OfType<AnonymousFunctionExpressionSyntax>())
                    if (SaysYes(rule, use.Entry["yes"], semantics, cancellation))
                        yield return new FailOpenApproval(rule, FailOpenKind.Always, Witness.NameOf(use.Symbol), "", []);
            }
            else if (use.Entry["parameter"] is { } name && CallOf(use.Name, semantics, cancellation) is { } call
                && call.Arguments.FirstOrDefault(a =>
                    a.Parameter?.Name == name)?.Value is { ConstantValue: { HasValue: true, Value: true } } value
                && !ControlConditions.Of(call).Any(condition => Decides(condition, cancellation)))
                yield return new FailOpenApproval(value.Syntax, FailOpenKind.Always, Witness.NameOf(use.Symbol), "", []);
        }
    }

    private static IInvocationOperation? CallOf(SimpleNameSyntax name, SemanticModel semantics, CancellationToken cancellation) =>
        semantics.OperationOf(name, cancellation) as IInvocationOperation;

    // Every way through the rule says yes, and nothing is asked on it.
    private static bool SaysYes(AnonymousFunctionExpressionSyntax rule, string? yes, SemanticModel semantics,
        CancellationToken cancellation)
    {
        if (semantics.GetOperation(rule, cancellation) is not IAnonymousFunctionOperation function)
            return false;
        var returned = ValueSources.ReturnedIn(function.Body).ToList();
        return returned.Count > 0
            && returned.All(value => value.DescendantsAndSelf()
                .Any(part => part.ConstantValue is { HasValue: true, Value: { } constant }
                    && (yes == null ? constant is true : string.Equals(constant.ToString(), yes, StringComparison.OrdinalIgnoreCase))))
            && !function.Body.Descendants()
                .Any(part =>
                    part is IConditionalOperation or ISwitchOperation or ISwitchExpressionOperation or IConditionalAccessOperation { Type.SpecialType: SpecialType.System_Boolean });
    }

    // That the request is one for an approval decides nothing; what it is about, or what a person said, does.
    private bool Decides(IOperation condition, CancellationToken cancellation) => condition.Unwrap() switch
    {
        IIsPatternOperation { Pattern: IDeclarationPatternOperation or ITypePatternOperation or IRecursivePatternOperation { PropertySubpatterns.IsEmpty: true } } => false,
        IIsTypeOperation => false,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both => Decides(both.LeftOperand, cancellation)
            || Decides(both.RightOperand, cancellation),
        IBinaryOperation { RightOperand.ConstantValue: { HasValue: true, Value: null or int } } => false,
        IInvocationOperation { Arguments: var arguments } call => !arguments.Any(a => a.Parameter?.RefKind == RefKind.Out)
            && call.TargetMethod.Name is not ("Any" or "MoveNext" or "OfType"),
        { ConstantValue.HasValue: true } => false,
        _ => true,
    };

    // ---- no answer, or no way to ask ---------------------------------------------------------------------------------------------

    private IEnumerable<FailOpenApproval> ByPerson(SemanticModel semantics, CancellationToken cancellation)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var use in persons.In(semantics.SyntaxTree, cancellation))
        {
            if (TaintRoots.MemberAround(use.Name, model, cancellation) is not { ReturnsVoid: false } function || !seen.Add(function))
                continue;
            var all = MethodBodies.Of(function, model, cancellation).SelectMany(ValueSources.ReturnedIn).ToList();
            foreach (var returned in all)
            {
                // What is done after a yes is done here without one.
                if (!returned.ConstantValue.HasValue && DecidesByPresence(returned)
                    && all.Any(other => other != returned && !DecidesByPresence(other)
                        && SyntaxFactory.AreEquivalent(other.Syntax, returned.Syntax)))
                    yield return new FailOpenApproval(returned.Syntax, FailOpenKind.NoPerson, Witness.NameOf(function), "", []);
                foreach (var constant in ConstantsIn(returned))
                    if (constant.Syntax.FirstAncestorOrSelf<CatchClauseSyntax>() is { } handler
                        && function.DeclaringSyntaxReferences.Any(r => r.Span.Contains(handler.Span)))
                    {
                        if (constant.ConstantValue.Value is true)
                            yield return new FailOpenApproval(constant.Syntax, FailOpenKind.Failure, Witness.NameOf(function), "", []);
                    }
                    else if (constant.ConstantValue.Value is true && DecidesByPresence(constant))
                        yield return new FailOpenApproval(constant.Syntax, FailOpenKind.NoPerson, Witness.NameOf(function), "", []);
                    else if (constant.ConstantValue.Value is not bool
                        && IsTakenForYes(function, constant.ConstantValue.Value, out var place, cancellation))
                        yield return new FailOpenApproval(constant.Syntax, FailOpenKind.NoAnswer, Witness.NameOf(function), "", [place!]);
            }
        }
    }

    // The innermost condition around it is whether a person can be asked.
    private bool DecidesByPresence(IOperation returned) =>
        returned.Syntax.Ancestors().TakeWhile(node => node is not MemberDeclarationSyntax).OfType<IfStatementSyntax>()
            .FirstOrDefault() is { } choice
        && !choice.Condition.Span.Contains(returned.Syntax.Span)
        && model.SemanticsOf(choice.SyntaxTree).GetOperation(choice.Condition) is { } condition
        && condition.DescendantsAndSelf()
            .Any(part => part is IMemberReferenceOperation { Member: var member }
                && model.Find(member, CatalogueRole.HumanPresence) != null);

    // wait.Succeeds ? answer : ConsoleKey.Enter
    private static IEnumerable<IOperation> ConstantsIn(IOperation returned) => returned.Unwrap() switch
    {
        { ConstantValue: { HasValue: true, Value: not null } } constant => [constant],
        IConditionalOperation { WhenTrue: { } one, WhenFalse: { } other } =>
            new[] { one, other }.Where(branch => branch.ConstantValue is { HasValue: true, Value: not null }),
        _ => [],
    };

    // A caller goes on where the answer equals what stands for no answer.
    private bool IsTakenForYes(IMethodSymbol function, object? constant, out Location? place, CancellationToken cancellation)
    {
        place = null;
        foreach (var name in CallerIndex.Of(model, cancellation).NamesOf(function, cancellation))
        {
            if (model.SemanticsOf(name.SyntaxTree) is not { } semantics
                || name.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member)
                continue;
            var variable = name.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { } declared
                ? semantics.GetDeclaredSymbol(declared, cancellation) : null;
            foreach (var choice in member.DescendantNodes().OfType<IfStatementSyntax>())
                foreach (var test in choice.Condition.DescendantNodesAndSelf().OfType<BinaryExpressionSyntax>())
                    if (test.IsKind(SyntaxKind.EqualsExpression)
                        && Equals(semantics.GetConstantValue(test.Right, cancellation).Value, constant)
                        && (test.Left.Span.Contains(name.Span)
                            || (variable != null
                                && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(test.Left, cancellation).Symbol,
                                    variable)))
                        && !Choices.Leaves(choice.Statement))
                    {
                        place = test.GetLocation();
                        return true;
                    }
        }

        return false;
    }

    // ---- a flag that the model fills in --------------------------------------------------------------------------------------------

    private IEnumerable<FailOpenApproval> ByParameter(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        foreach (var node in semantics.SyntaxTree.GetRoot(cancellation).Declarations())
            if (node is MethodDeclarationSyntax { ParameterList.Parameters: var parameters } declaration
                && parameters.FirstOrDefault(p => words.Contains(p.Identifier.ValueText)) is { } parameter
                && semantics.GetDeclaredSymbol(declaration, cancellation) is { } tool
                && (model.RolesOf(tool, cancellation) & MethodRoles.Tool) != 0
                && semantics.GetDeclaredSymbol(parameter, cancellation) is { Type: var type } flag
                && (type.SpecialType == SpecialType.System_Boolean
                    || (type is INamedTypeSymbol { TypeArguments.Length: 1 } nullable
                        && nullable.TypeArguments[0].SpecialType == SpecialType.System_Boolean))
                && IsTested(declaration, parameter.Identifier.ValueText)
                && DestructiveTools.DestructiveWriteOf(tool, model, depth, cancellation) is { } write)
                yield return new FailOpenApproval(parameter, FailOpenKind.ModelSays, flag.Name, Witness.NameOf(tool),
                    [.. write.Effect.Witness.Locations], IsCertain: false);
    }

    // if (!confirm) return …;
    private static bool IsTested(MethodDeclarationSyntax tool, string flag) =>
        tool.DescendantNodes().OfType<IfStatementSyntax>().Any(choice =>
            Choices.Leaves(choice.Statement)
                ? choice.Condition.DescendantNodesAndSelf().OfType<PrefixUnaryExpressionSyntax>()
                    .Any(not => not.IsKind(SyntaxKind.LogicalNotExpression)
                        && not.Operand is IdentifierNameSyntax { Identifier.ValueText: var name } && name == flag)
                : choice.Condition is IdentifierNameSyntax { Identifier.ValueText: var whole } && whole == flag);

    // ---- a tool that grants the approval of another one ----------------------------------------------------------------------------

    // session.IsApproved = true, in a tool; if (!session.IsApproved) return …, in another tool of the type.
    private IEnumerable<FailOpenApproval> ByTool(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        foreach (var set in semantics.SyntaxTree.GetRoot(cancellation).DescendantNodes().OfType<AssignmentExpressionSyntax>())
            if (set.Right.IsKind(SyntaxKind.TrueLiteralExpression)
                && NameOf(set.Left) is { } name && Words.Of(name) is var parts && stateWords.Any(word => Words.Contain(parts, word))
                && set.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { Parent: TypeDeclarationSyntax type } declaration
                && semantics.GetDeclaredSymbol(declaration, cancellation) is { } tool
                && (model.RolesOf(tool, cancellation) & MethodRoles.Tool) != 0
                && semantics.GetOperation(set, cancellation) is ISimpleAssignmentOperation assigned
                && !ControlConditions.Of(assigned).Any(condition => Decides(condition, cancellation))
                && EffectSummaries.Of(model).Of(tool, depth, cancellation).First(entry => entry.Role == CatalogueRole.HumanInput) == null
                && semantics.GetSymbolInfo(set.Left, cancellation).Symbol is IPropertySymbol or IFieldSymbol
                && GatedTool(type, declaration, name, semantics.GetSymbolInfo(set.Left, cancellation).Symbol!, semantics, cancellation) is { } gated)
                yield return new FailOpenApproval(set, FailOpenKind.ToolGrants, Witness.NameOf(tool), Witness.NameOf(gated),
                    [gated.Locations[0]], DestructiveTools.Destroys(gated, model, depth, cancellation));
    }

    private IMethodSymbol? GatedTool(TypeDeclarationSyntax type, MethodDeclarationSyntax granting, string name, ISymbol state, SemanticModel semantics,
        CancellationToken cancellation) =>
        type.Members.OfType<MethodDeclarationSyntax>()
            .Where(other => other != granting && other.DescendantNodes().OfType<IfStatementSyntax>().Any(choice =>
                Choices.Leaves(choice.Statement)
                && choice.Condition.DescendantNodesAndSelf().OfType<PrefixUnaryExpressionSyntax>().Any(not =>
                    not.IsKind(SyntaxKind.LogicalNotExpression) && NameOf(not.Operand) == name
                    && SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(not.Operand, cancellation).Symbol, state))))
            .Select(other => semantics.GetDeclaredSymbol(other, cancellation))
            .FirstOrDefault(other => other != null && (model.RolesOf(other, cancellation) & MethodRoles.Tool) != 0);

    private static string? NameOf(ExpressionSyntax member) => member switch
    {
        IdentifierNameSyntax { Identifier.ValueText: var name } => name,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } => name,
        _ => null,
    };

    // ---- a decision that is not read ------------------------------------------------------------------------------------------------

    // await context.WaitForExternalEvent<bool>("Reviewed"); and then on, whatever was decided.
    private IEnumerable<FailOpenApproval> ByEvent(SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var use in waits.In(semantics.SyntaxTree, cancellation))
            if (CallOf(use.Name, semantics, cancellation) is { TargetMethod.TypeArguments: { Length: 1 } arguments } call
                && arguments[0].SpecialType == SpecialType.System_Boolean && IsUnread(call) && GoesOn(call))
                yield return new FailOpenApproval(use.Name, FailOpenKind.Unread, Witness.NameOf(use.Symbol), "", [], IsCertain: false);
    }

    private static bool IsUnread(IInvocationOperation call)
    {
        IOperation value = call;
        while (value.Parent is IAwaitOperation or IConversionOperation or IParenthesizedOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
            value = value.Parent;
        if (value is not IAwaitOperation)
            return false;
        return value.Parent switch
        {
            IExpressionStatementOperation => true,
            ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } =>
                !call.Top().Descendants().Any(use => use is ILocalReferenceOperation { Local: var other } && SymbolEqualityComparer.Default.Equals(other, local)),
            _ => false,
        };
    }

    // What comes after it does something.
    private bool GoesOn(IInvocationOperation call) =>
        call.Top().Descendants().Any(later => later is IInvocationOperation { TargetMethod: var target } && later.Syntax.SpanStart > call.Syntax.Span.End
            && model.EntriesOf(target).Any(entry => (entry.Role == CatalogueRole.ActivityCall && !entry.Has("waits")) || entry.AsksModelOrAgent()));
}
