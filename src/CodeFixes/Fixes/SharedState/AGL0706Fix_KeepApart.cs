using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Branches;
using AgentLint.Editing;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.SharedState;

/// <summary>Makes each change in one step: a counter by <c>Interlocked</c>, everything else under a lock.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0706Fix_KeepApart)), Shared]
public sealed class AGL0706Fix_KeepApart() : AgentCodeFix(AGL0706_CapturedStateMutatedConcurrently.Rule, "Guard the change with a lock")
{
    private const string Atomic = "Count with 'Interlocked'";

    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var added = new Statements(context, habits, edits);
        var names = new FreshNames();
        var isAtomic = true;
        foreach (var found in BranchCode.Reported(context, diagnostics))
            if (found.Changes.All(IsCounting))
            {
                foreach (var change in found.Changes)
                    edits.Add(change.Step.Operation.Syntax, node => context.Expression(AtomicCount.Of(change.Step.Operation, types.Spell(TaskTypes.Find(context.Semantics.Compilation, "System.Threading.Interlocked")!, node.SpanStart))!).WithTriviaFrom(node));
            }
            else if (found.Changes.All(CanBeLocked) && GateOf(found, added, names) is { } gate)
            {
                isAtomic = false;
                foreach (var change in found.Changes)
                    Lock(change.Step.Operation.Syntax, gate, context, habits, names, edits, added);
            }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine)), isAtomic ? Atomic : null));
    }

    private static bool IsCounting(SharedChange change) => change.Collection == null && BranchCode.Whole(change.Step.Operation.Syntax) != null && AtomicCount.Of(change.Step.Operation, "") != null;

    // A statement of its own, or all that a lambda does, of which at most the one value that is put in has to be waited for.
    private static bool CanBeLocked(SharedChange change) =>
        change.Step.Operation.Syntax is var syntax
        && (syntax.Parent is ExpressionStatementSyntax { Parent: BlockSyntax } statement ? FileHabits.IsFirstOnLine(statement.GetFirstToken()) : syntax.Parent is LambdaExpressionSyntax)
        && (!AtomicCount.Awaits(syntax) || ValueIn(syntax) is AwaitExpressionSyntax);

    private static ExpressionSyntax? ValueIn(SyntaxNode change) => change switch
    {
        InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var argument }] } => argument,
        AssignmentExpressionSyntax { Right: var right } => right,
        _ => null,
    };

    // The collection itself where it is a variable of this method: nobody else locks it. Otherwise an object beside the variable.
    private static string? GateOf(ConcurrentChange found, Statements added, FreshNames names)
    {
        var first = found.Changes[0];
        if (first.Path is not { Root: ILocalSymbol variable, Members.IsEmpty: true } || variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { Parent: BlockSyntax } declaration })
            return null;
        if (first.Collection != null)
            return SyntaxFacts.GetKeywordKind(variable.Name) == SyntaxKind.None ? variable.Name : "@" + variable.Name;
        if (names.For(declaration, "gate", variable.Name + "Gate") is not { } gate || !FileHabits.IsFirstOnLine(declaration.GetFirstToken()))
            return null;
        added.After(declaration, $"var {gate} = new object();");
        return gate;
    }

    private static void Lock(SyntaxNode change, string gate, FixContext context, FileHabits habits, FreshNames names, NodeEdits edits, Statements added)
    {
        var line = habits.EndOfLine.ToString();
        var indentation = FileHabits.IndentationOf(change.GetFirstToken()).ToFullString();
        var name = ValueIn(change) is AwaitExpressionSyntax ? names.For(change, "added", "answer", "outcome") : null;
        if (change.Parent is ExpressionStatementSyntax statement)
        {
            if (name != null)
                added.Before(statement, $"var {name} = {ValueIn(change)};");
            edits.Add(statement, node => context.Statement(Locked(node.Expression, indentation)).WithTriviaFrom(node));
        }
        else
        {
            edits.Add((LambdaExpressionSyntax)change.Parent!, node =>
            {
                var inner = indentation + "    ";
                var wait = name == null ? "" : $"{inner}var {name} = {ValueIn(node.ExpressionBody!)};{line}";
                var block = (BlockSyntax)context.Statement($"{{{line}{wait}{inner}{Locked(node.ExpressionBody!, inner)}{line}{indentation}}}");
                return node.WithExpressionBody(null).WithBlock(block.WithLeadingTrivia(SyntaxFactory.Whitespace(indentation))).WithArrowToken(node.ArrowToken.WithTrailingTrivia(habits.EndOfLine)).WithTriviaFrom(node);
            });
        }

        string Locked(ExpressionSyntax expression, string inner)
        {
            var text = (name == null ? expression : expression.ReplaceNode(ValueIn(expression)!, SyntaxFactory.IdentifierName(name))).WithoutTrivia().ToFullString();
            return $"lock ({gate}){line}{inner}{{{line}{inner}    {text};{line}{inner}}}";
        }
    }
}
