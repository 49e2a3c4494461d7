using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis;
using AgentLint.Analysis.Branches;
using AgentLint.Editing;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.SharedState;

/// <summary>Replaces the collection by its concurrent counterpart, where the counterpart supports every use.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0706Fix_UseConcurrentType)), Shared]
public sealed class AGL0706Fix_UseConcurrentType()
    : AgentCodeFix(AGL0706_CapturedStateMutatedConcurrently.Rule, "Use the concurrent type")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        string? title = null;
        foreach (var found in BranchCode.Reported(context, diagnostics))
            if (found.Changes[0] is { Collection: { } entry, Path: { Root: ILocalSymbol variable, Members.IsEmpty: true } }
                && entry["concurrent"] is { } twin
                && TaskTypes.Find(context.Semantics.Compilation, twin) is { } type
                && found.Changes.All(IsOneStep)
                && variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.Cancellation) is VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration, Initializer.Value: var made }
                && ConcurrentTwin.NameIn(made is ImplicitObjectCreationExpressionSyntax or CollectionExpressionSyntax ? declaration.Type : (made as ObjectCreationExpressionSyntax)?.Type) is { } name)
            {
                var spelled = types.Spell(type, name.SpanStart);
                title ??= $"Use '{type.Name}' instead of '{name.Identifier.ValueText}'" + (type.Name == "ConcurrentBag" ? ", which keeps no order" : "");
                foreach (var place in new[] { name, made is ObjectCreationExpressionSyntax ? ConcurrentTwin.NameIn(declaration.Type) : null }.OfType<GenericNameSyntax>().Where(n => n.Identifier.ValueText == name.Identifier.ValueText))
                    ConcurrentTwin.Put(edits, place, spelled);
                // A table that others fill at the same time has no Add.
                foreach (var call in found.Changes.Select(change => change.Step.Operation).OfType<IInvocationOperation>().Where(call => call.TargetMethod.Name == "Add" && call.Arguments.Length == 2))
                    if (call.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access })
                        edits.Add(access.Name, node => SyntaxFactory.IdentifierName("TryAdd").WithTriviaFrom(node));
            }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine)), title));
    }

    // counts[key]++ is two steps there as well.
    private static bool IsOneStep(SharedChange change) => change.Step.Operation is IInvocationOperation { TargetMethod.Name: not "AddRange" } call
        ? call.TargetMethod.Name != "Add" || call.Arguments.Length == 1 || BranchCode.Whole(call.Syntax) != null
        : change.Step.Operation is ISimpleAssignmentOperation;
}
