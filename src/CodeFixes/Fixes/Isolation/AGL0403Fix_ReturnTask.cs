using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.Isolation;
using AgentLint.Editing;
using AgentLint.Rules.Isolation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Isolation;

/// <summary>Returns a task in the place of nothing, and awaits it where the function is called.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0403Fix_ReturnTask)), Shared]
public sealed class AGL0403Fix_ReturnTask() : AgentCodeFix(AGL0403_AsyncVoidTool.Rule, Title)
{
    private const string Title = "Return a task";

    private protected override async Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var conversion = new AsyncConversion(context, habits, types);
        foreach (var found in new AsyncVoids(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
        {
            if (found.Kind is AsyncVoidKind.Event or AsyncVoidKind.Constructor || found.Function.IsVirtual || found.Function.PartialDefinitionPart != null
                || found.Function.PartialImplementationPart != null
                || !diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == found.Place.SourceSpan)
                || TypeOf(context.Root.FindNode(found.Place.SourceSpan)) is not { } nothing
                || await Callers.OfAsync(found.Function, context).ConfigureAwait(false) is not { } calls
                || !await conversion.TryAddAsync(calls.Select(call =>
                    new AwaitSite(call, planned =>
                    planned.Add(call, (SyntaxNode c) =>
                    AwaitSyntax.Await((ExpressionSyntax)c, call, c, habits.ConfiguresAwait)))), [], null).ConfigureAwait(false))
                continue;
            conversion.Edits.Add(nothing, type =>
                TaskTypes.Plain(types.Spell(TaskTypes.Task(context.Semantics.Compilation), nothing.SpanStart)).WithTriviaFrom(type));
        }

        return conversion.Edits.IsEmpty ? null
            : new Edit(context.Document.WithSyntaxRoot(types.AddImports(conversion.Edits.Apply(context.Root), habits.EndOfLine)),
            conversion.Extend(Title));
    }

    private static TypeSyntax? TypeOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.ReturnType,
        LocalFunctionStatementSyntax local => local.ReturnType,
        _ => null,
    };
}
