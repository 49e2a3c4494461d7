using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.SharedState;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.SharedState;

/// <summary>Makes the concurrent twin of a table or queue in its place, with the members that do in one step what took two.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0703Fix_UseConcurrentType)), Shared]
public sealed class AGL0703Fix_UseConcurrentType()
    : AgentCodeFix(AGL0703_UnguardedToolState.Rule, "Use the concurrent type")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var writes = new StateWrites(context.Model, context.Cancellation);
        string? title = null;
        foreach (var (shared, uses) in SharedCode.Reported(context, diagnostics))
        {
            // No type keeps one call's state apart from another's. A list has places, which a bag has not.
            if (shared.IsOfOneCall || writes.CollectionOf(shared.Variable) is not { } entry || entry.Has("slots") || entry["concurrent"] is not { } twin || TaskTypes.Find(context.Semantics.Compilation, twin) is not { } type
                || SharedCode.DeclarationOf(shared.Variable, context) is not { } declaration || ConcurrentTwin.NameIn(SharedCode.TypeOf(declaration)) is not { } name)
                continue;
            var table = context.Model.EntriesOf(type).FirstOrDefault(TableChecks.IsTable);
            var steps = uses.Where(use => !SharedCode.IsOfConstruction(use.Syntax)).Select(use => StepOf(use, shared.Variable, table, context)).ToList();
            if (steps.Any(step => step == null))
                continue;
            var spelled = types.Spell(type, name.SpanStart);
            title ??= $"Use '{type.Name}' instead of '{name.Identifier.ValueText}'";
            foreach (var place in new[] { name, ConcurrentTwin.NameIn((SharedCode.InitializerOf(declaration) as ObjectCreationExpressionSyntax)?.Type) }.OfType<GenericNameSyntax>())
                if (place.Identifier.ValueText == name.Identifier.ValueText || IsMade(place))
                    ConcurrentTwin.Put(edits, place, spelled);
            foreach (var made in uses.Select(use => use.Parent).OfType<ISimpleAssignmentOperation>().Select(assignment => ConcurrentTwin.NameIn((assignment.Value.Syntax as ObjectCreationExpressionSyntax)?.Type)).OfType<GenericNameSyntax>())
                ConcurrentTwin.Put(edits, made, spelled);
            foreach (var (node, edit) in steps.OfType<(SyntaxNode Node, Func<SyntaxNode, SyntaxNode> Edit)>())
                edits.Add(node, edit);
        }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine)), title));
    }

    private static readonly Func<SyntaxNode, SyntaxNode> Same = node => node;

    // What becomes of one use; null where the twin cannot do it in one step.
    private static (SyntaxNode Node, Func<SyntaxNode, SyntaxNode> Edit)? StepOf(IOperation use, ISymbol variable, CatalogueEntry? table, FixContext context)
    {
        switch (use.Parent)
        {
            case IInvocationOperation { TargetMethod.Name: "Add", Arguments.Length: 2, Syntax: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call } when table != null && table["add"] is { } add:
                return BranchCode.Whole(call) == null ? null : (access.Name, node => SyntaxFactory.IdentifierName(add).WithTriviaFrom(node));
            case IInvocationOperation { TargetMethod.Name: "Remove", Arguments.Length: 1, Syntax: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax } call } when table != null:
                return (call, node => Removal((InvocationExpressionSyntax)node, context));
            case IInvocationOperation { TargetMethod.Name: "Remove", Arguments.Length: 2, Syntax: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } } when table != null:
                return (access.Name, node => SyntaxFactory.IdentifierName("TryRemove").WithTriviaFrom(node));
            case IInvocationOperation { TargetMethod.Name: "Dequeue" or "Pop" }:
                return null;
            case IPropertyReferenceOperation { Property.IsIndexer: true, Parent: ICompoundAssignmentOperation or IIncrementOrDecrementOperation }:
                return null;
            case IPropertyReferenceOperation { Property.IsIndexer: true, Parent: ISimpleAssignmentOperation assignment } element when assignment.Target == element && table != null:
                return TableChecks.Of(context.Model).LookBefore(assignment, variable, table, context.Semantics, context.Cancellation) != null ? Table.SetOnce(assignment, table, context)
                    // A value that was read before it is set would still be lost: the table makes one step of neither.
                    : IsReadBefore(element, variable, context) ? null
                    : (element.Syntax, Same);
            default:
                return (use.Syntax, Same);
        }
    }

    private static bool IsReadBefore(IPropertyReferenceOperation element, ISymbol variable, FixContext context) =>
        FlowGraphs.FunctionAround(element.Syntax) is { } function
        && new StateWrites(context.Model, context.Cancellation).UsesOf(variable).Any(use => use.Syntax != element.Instance?.Syntax && use.Syntax.SpanStart < element.Syntax.SpanStart && FlowGraphs.FunctionAround(use.Syntax) == function);

    // Parsed, because a name that is made is no discard.
    private static ExpressionSyntax Removal(InvocationExpressionSyntax call, FixContext context) =>
        context.Expression($"{((MemberAccessExpressionSyntax)call.Expression).Expression}.TryRemove({call.ArgumentList.Arguments[0]}, out _)").WithTriviaFrom(call);

    private static bool IsMade(GenericNameSyntax name) => name.FirstAncestorOrSelf<ObjectCreationExpressionSyntax>() != null;
}
