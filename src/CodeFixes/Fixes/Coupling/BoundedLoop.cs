using AgentLint.Analysis.Concurrency;
using AgentLint.Editing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Coupling;

/// <summary>
/// Rewrites loops to <c>Parallel.ForEachAsync</c>: those that change nothing but their items or their own slots of an array, and those that
/// end by adding one value to a list, which then gets its values in the order of the items.
/// </summary>
internal sealed class BoundedLoop(FixContext context, FileHabits habits, TypeNames types)
{
    /// <summary>How many iterations run at once: few enough for the rate limits of a small subscription.</summary>
    public const int AtOnce = 4;

    private static readonly string Options = $"{{ MaxDegreeOfParallelism = {AtOnce} }}";

    /// <summary>Plans the change of a loop; leaves it out where it cannot be rewritten.</summary>
    public void Add(CallLoop loop, NodeEdits edits)
    {
        var syntax = (StatementSyntax)loop.Loop.Syntax;
        if (syntax.Parent is not BlockSyntax list
            || syntax.ContainsDirectives
            || !FileHabits.IsFirstOnLine(syntax.GetFirstToken())
            || IsReplayed(syntax)
            || loop.Loop.Body.Syntax is not BlockSyntax body
            || body.DescendantNodes().Any(node => node is ContinueStatementSyntax)
            || TaskTypes.Find(context.Semantics.Compilation, "System.Threading.Tasks.Parallel")?.GetMembers("ForEachAsync").IsEmpty != false)
            return;
        var index = list.Statements.IndexOf(syntax);
        if (Rewrite(loop, syntax, body) is { } statements)
            edits.Add(list, (BlockSyntax block) => block.WithStatements(block.Statements.ReplaceRange(block.Statements[index], statements)));
    }

    private IReadOnlyList<StatementSyntax>? Rewrite(CallLoop loop, StatementSyntax syntax, BlockSyntax body)
    {
        switch (loop.Loop)
        {
            case IForEachLoopOperation when loop.AddedTo.IsEmpty && syntax is ForEachStatementSyntax each:
                return [Parallel(each.Expression.ToString(), each.Identifier.Text, body, syntax)];
            case IForEachLoopOperation { Collection: var items } when loop.AddedTo is [ILocalSymbol results] && syntax is ForEachStatementSyntax each:
                return ByIndex(each, items, results, body);
            case IForLoopOperation when syntax is ForStatementSyntax { Condition: BinaryExpressionSyntax condition, Declaration.Variables: [{ Initializer.Value: LiteralExpressionSyntax { Token.Value: 0 } } variable] }
                && loop.AddedTo.All(slots => slots is ILocalSymbol { Type: IArrayTypeSymbol } or IParameterSymbol { Type: IArrayTypeSymbol } && IsReadByIndex(slots.Name, variable.Identifier.ValueText, body)):
                return [Parallel($"{Spell("System.Linq.Enumerable", syntax)}.Range(0, {condition.Right})", variable.Identifier.Text, body, syntax)];
            default:
                return null;
        }
    }

    // Each iteration writes to its own slot; the list gets all of them at the end.
    private IReadOnlyList<StatementSyntax>? ByIndex(ForEachStatementSyntax each, IOperation items, ILocalSymbol results, BlockSyntax body)
    {
        if (results.Type is not INamedTypeSymbol { Name: "List", TypeArguments: [{ TypeKind: not TypeKind.Array } element] }
            || AccessPath.Of(items) == null
            || CountOf(items.Unwrap().Type) is not { } count
            || body.Statements.LastOrDefault() is not ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var value }], Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" } } } last
            || body.DescendantNodes().Count(node => node is IdentifierNameSyntax name && name.Identifier.ValueText == results.Name) != 1
            || NewNames.Unused(each, "index", "position", "slot") is not { } index
            || NewNames.Unused(each, results.Name + "InOrder", results.Name + "ByIndex") is not { } slots)
            return null;

        var indentation = FileHabits.IndentationOf(each.GetFirstToken());
        var inner = FileHabits.IndentationOf(body.Statements[0].GetFirstToken());
        var size = $"{each.Expression}.{count}";
        var item = Line($"{each.Type} {each.Identifier} = {each.Expression}[{index}];", inner);
        var own = body.WithStatements(SyntaxFactory.List(
            body.Statements.Take(body.Statements.Count - 1).Prepend(item).Append(Line($"{slots}[{index}] = {value};", last.GetLeadingTrivia()).WithTrailingTrivia(last.GetTrailingTrivia()))));
        return
        [
            Line($"var {slots} = new {element.ToMinimalDisplayString(context.Semantics, each.SpanStart)}[{size}];", each.GetLeadingTrivia()),
            Parallel($"{Spell("System.Linq.Enumerable", each)}.Range(0, {size})", index, own, each).WithLeadingTrivia(indentation).WithTrailingTrivia(habits.EndOfLine),
            Line($"{results.Name}.AddRange({slots});", indentation).WithTrailingTrivia(each.GetTrailingTrivia()),
        ];
    }

    private StatementSyntax Parallel(string items, string item, BlockSyntax body, StatementSyntax loop)
    {
        var open = FileHabits.IsFirstOnLine(((BlockSyntax)BodyOf(loop)).OpenBraceToken) ? habits.EndOfLine.ToString() + FileHabits.IndentationOf(loop.GetFirstToken()).ToFullString() : " ";
        var options = $"new {Spell("System.Threading.Tasks.ParallelOptions", loop)} {Options}";
        var configured = habits.ConfiguresAwait ? ".ConfigureAwait(false)" : "";
        return Line($"await {Spell("System.Threading.Tasks.Parallel", loop)}.ForEachAsync({items}, {options}, async ({item}, _) =>{open}{body.ToString()}){configured};", loop.GetLeadingTrivia())
            .WithTrailingTrivia(loop.GetTrailingTrivia());
    }

    private StatementSyntax Line(string text, SyntaxTriviaList leading) =>
        SyntaxFactory.ParseStatement(text, options: context.Root.SyntaxTree.Options).WithLeadingTrivia(leading).WithTrailingTrivia(habits.EndOfLine);

    private string Spell(string type, SyntaxNode place) => types.Spell(TaskTypes.Find(context.Semantics.Compilation, type)!, place.SpanStart);

    private static SyntaxNode BodyOf(StatementSyntax loop) => loop is ForEachStatementSyntax each ? each.Statement : ((ForStatementSyntax)loop).Statement;

    private static bool IsReadByIndex(string slots, string index, BlockSyntax body) => body.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name => name.Identifier.ValueText == slots).All(name =>
        name.Parent is ElementAccessExpressionSyntax { ArgumentList.Arguments: [{ Expression: IdentifierNameSyntax own }] } && own.Identifier.ValueText == index);

    // The member that tells how many there are, of a collection that is read by index.
    private static string? CountOf(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } => "Length",
        INamedTypeSymbol named when new[] { named }.Concat(named.AllInterfaces).Any(t => t is { Name: "IReadOnlyList" or "IList", Arity: 1 })
            => named.GetMembers("Length").IsEmpty ? "Count" : "Length",
        _ => null,
    };

    // Replayed code may not be run by the thread pool.
    private bool IsReplayed(SyntaxNode place)
    {
        for (var symbol = context.Semantics.GetEnclosingSymbol(place.SpanStart, context.Cancellation); symbol is IMethodSymbol method; symbol = symbol.ContainingSymbol)
            if ((context.Model.RolesOf(method, context.Cancellation) & MethodRoles.Workflow) != 0)
                return true;
        return false;
    }
}
