using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>
/// Finds entries that are looked at and then set in a second step: of a table that is safe in each of its steps and not between them, and of a store that takes
/// whatever comes last.
/// </summary>
internal sealed class ChecksThenActs(AgentModel model)
{
    // How many locals a value is followed through.
    private const int MaxSteps = 16;

    private readonly NameSet tables = new(model.Catalogue.Of(CatalogueRole.ThreadSafe).Where(IsTable).Select(entry => entry.SimpleTypeName.Split('`')[0]));

    public static ChecksThenActs Of(AgentModel model) => model.Shared(m => new ChecksThenActs(m));

    /// <summary>Whether the catalogue speaks of a table whose check and change are two steps.</summary>
    public static bool IsTable(CatalogueEntry entry) => entry.Role == CatalogueRole.ThreadSafe && entry["checks"] != null;

    /// <summary>Whether the catalogue speaks of a write that replaces what was there.</summary>
    public static bool IsStore(CatalogueEntry entry) => entry is { Role: CatalogueRole.Effect } && entry["kind"] == "upsert" && entry["class"] == "idempotent";

    /// <summary>The entries of shared tables that a file sets after it has looked, in the order of the text.</summary>
    public IEnumerable<CheckThenAct> OfTables(SemanticModel semantics, CancellationToken cancellation)
    {
        if (!NameIndex.Of(semantics.SyntaxTree, cancellation).MentionsAny(tables))
            yield break;
        foreach (var element in semantics.SyntaxTree.GetRoot(cancellation).DescendantNodes().OfType<ElementAccessExpressionSyntax>())
            if (element.Parent is AssignmentExpressionSyntax assignment && assignment.Left == element
                && semantics.GetOperation(assignment, cancellation) is IAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true } target } write
                && TableOf(target.Instance) is { } table && Shared(target.Instance, cancellation) is { } variable
                && LookBefore(write, target, variable, table, semantics, cancellation) is { } look
                && (IsPartOf(look, assignment) || WaitsBetween(look, assignment))
                && EntranceOf(assignment, cancellation) is { } entrance)
                yield return new CheckThenAct(Witness.NameOf(variable), look, assignment, entrance, table);
    }

    /// <summary>The entry of a store that a call replaces by what was made of the old one; null where it does not, or where somebody sees to it.</summary>
    public CheckThenAct? OfStore(IOperation? use, CatalogueEntry entry, CancellationToken cancellation)
    {
        if (use is not IInvocationOperation { SemanticModel: { } semantics } write || StoreOf(write) is not { } store || FlowGraphs.FunctionAround(write.Syntax) is not { } function
            || (entry["condition"] is { } condition && write.Arguments.Any(argument => argument.Parameter?.Name == condition && !argument.IsImplicit && argument.Value.ConstantValue is not { HasValue: true, Value: null })))
            return null;
        foreach (var syntax in function.DescendantNodes().OfType<InvocationExpressionSyntax>())
            if (syntax.Span.End < write.Syntax.SpanStart && FlowGraphs.FunctionAround(syntax) == function
                && semantics.GetOperation(syntax, cancellation) is IInvocationOperation read
                && StoreOf(read) is { } other && other.Overlaps(store) && IsRead(read) && HaveSameKey(read, write)
                && write.Arguments.Any(argument => IsMadeOf(argument.Value, read, semantics, cancellation))
                && EntranceOf(write.Syntax, cancellation) is { } entrance)
                return new CheckThenAct(Witness.NameOf(store.Member ?? store.Root), syntax, write.Syntax, entrance, null);
        return null;
    }

    /// <summary>Where an entry is looked at before it is set; null where nothing shows that it was.</summary>
    public static SyntaxNode? LookBefore(IAssignmentOperation write, ISymbol variable, CatalogueEntry table, SemanticModel semantics, CancellationToken cancellation) =>
        write.Target is IPropertyReferenceOperation { Property.IsIndexer: true } target ? LookBefore(write, target, variable, table, semantics, cancellation) : null;

    private Entrance? EntranceOf(SyntaxNode write, CancellationToken cancellation) =>
        Locks.Of(model).HeldAt(write, cancellation).IsEmpty && Entrances.Of(model).At(write, cancellation) is var entrance && (!entrance.Roots.IsEmpty || entrance.IsOpen) ? entrance : null;

    // ---- Tables --------------------------------------------------------------------------------------------------------------

    private CatalogueEntry? TableOf(IOperation? receiver) =>
        receiver?.Type is INamedTypeSymbol type ? model.EntriesOf(type).FirstOrDefault(IsTable) : null;

    private ISymbol? Shared(IOperation? receiver, CancellationToken cancellation) =>
        receiver?.Unwrap() is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation } member && model.Declares(member.Member) && Lifetimes.Of(model).OwnerOf(member.Member, cancellation) != null
            ? member.Member
            : null;

    private static bool IsPartOf(SyntaxNode look, SyntaxNode write) => write.Span.Contains(look.Span);

    // What is made at once is the same whoever makes it, or made by one alone; what is waited for lets others in.
    private static bool WaitsBetween(SyntaxNode look, SyntaxNode write) =>
        FlowGraphs.FunctionAround(write) is { } function
        && function.DescendantNodes().OfType<AwaitExpressionSyntax>().Any(wait => wait.SpanStart > look.SpanStart && wait.SpanStart < write.Span.End && FlowGraphs.FunctionAround(wait) == function);

    // In the condition around the write, or in one before it that leaves; or the value is made of the old one.
    private static SyntaxNode? LookBefore(IAssignmentOperation write, IPropertyReferenceOperation target, ISymbol variable, CatalogueEntry table, SemanticModel semantics, CancellationToken cancellation)
    {
        if (write is ICompoundAssignmentOperation)
            return target.Syntax;
        foreach (var part in write.Value.DescendantsAndSelf())
            if (part is IPropertyReferenceOperation { Property.IsIndexer: true } read && IsSameEntry(read.Instance, read.Arguments, target, variable))
                return read.Syntax;
        var function = FlowGraphs.FunctionAround(write.Syntax);
        foreach (var node in write.Syntax.Ancestors().TakeWhile(node => node != function))
            if (node is IfStatementSyntax choice && choice.Condition.SpanStart < write.Syntax.SpanStart)
                foreach (var call in choice.Condition.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>())
                    if (semantics.GetOperation(call, cancellation) is IInvocationOperation look && table.List("checks").Contains(look.TargetMethod.Name) && IsSameEntry(look.Instance, look.Arguments, target, variable)
                        // Who has seen that it is there, and sets it, makes no second one.
                        && (IsNegated(call) || choice.Else?.Span.Contains(write.Syntax.Span) == true))
                        return call;
        return write.Syntax.FirstAncestorOrSelf<StatementSyntax>()?.Parent is BlockSyntax block ? LeavingBefore(block, write.Syntax) : null;

        SyntaxNode? LeavingBefore(BlockSyntax statements, SyntaxNode place)
        {
            foreach (var statement in statements.Statements)
                if (statement.Span.End <= place.SpanStart && statement is IfStatementSyntax { Else: null } choice && choice.Statement.DescendantNodesAndSelf().Any(node => node is ReturnStatementSyntax or ThrowStatementSyntax))
                    foreach (var call in choice.Condition.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>())
                        if (semantics.GetOperation(call, cancellation) is IInvocationOperation look && table.List("checks").Contains(look.TargetMethod.Name) && IsSameEntry(look.Instance, look.Arguments, target, variable) && !IsNegated(call))
                            return call;
            return null;
        }
    }

    private static bool IsNegated(SyntaxNode call) => call.Ancestors().TakeWhile(node => node is ExpressionSyntax).Any(node => node is PrefixUnaryExpressionSyntax { OperatorToken.ValueText: "!" });

    private static bool IsSameEntry(IOperation? table, ImmutableArray<IArgumentOperation> arguments, IPropertyReferenceOperation target, ISymbol variable) =>
        table?.Unwrap() is IMemberReferenceOperation member && SymbolEqualityComparer.Default.Equals(member.Member, variable)
        && arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value is { } key && target.Arguments.FirstOrDefault()?.Value is { } other
        && key.Syntax.IsEquivalentTo(other.Syntax, topLevel: false);

    // ---- Stores --------------------------------------------------------------------------------------------------------------

    private static AccessPath? StoreOf(IInvocationOperation call) => AccessPath.Of(call.Receiver());

    private bool IsRead(IInvocationOperation call)
    {
        var entries = model.EntriesOf(call.TargetMethod);
        return entries.Any(entry => entry.Role is CatalogueRole.StorageCall or CatalogueRole.DatabaseCall) && !entries.Any(entry => entry.Role == CatalogueRole.Effect)
            && call.TargetMethod.ReturnType is INamedTypeSymbol { TypeArguments.Length: > 0 };
    }

    private static bool HaveSameKey(IInvocationOperation read, IInvocationOperation write) =>
        ValuesOf(read).Any(value => ValuesOf(write).Any(other => value.Syntax.IsEquivalentTo(other.Syntax, topLevel: false)));

    private static IEnumerable<IOperation> ValuesOf(IInvocationOperation call) =>
        call.Arguments.Where(argument => !argument.IsImplicit && argument.Parameter is { Type.Name: not "CancellationToken" } parameter && !(call.TargetMethod.IsExtensionMethod && parameter.Ordinal == 0)).Select(argument => argument.Value);

    private static bool IsMadeOf(IOperation value, IInvocationOperation read, SemanticModel semantics, CancellationToken cancellation)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>([value]);
        while (open.Count > 0 && seen.Count < MaxSteps)
            foreach (var part in open.Dequeue().DescendantsAndSelf())
                if (part.Syntax == read.Syntax)
                    return true;
                else if (part is ILocalReferenceOperation { Local: var local } && seen.Add(local) && local.InitializerOf(semantics, cancellation) is { } initializer)
                    open.Enqueue(initializer);
        return false;
    }
}
