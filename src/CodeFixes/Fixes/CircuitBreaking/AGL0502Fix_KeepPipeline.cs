using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Checks.CircuitBreaking;
using AgentLint.Analysis.Sharing;
using AgentLint.Editing;
using AgentLint.Rules.CircuitBreaking;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.CircuitBreaking;

/// <summary>Keeps what a local held in a static field, so that its state lasts over calls.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0502Fix_KeepPipeline)), Shared]
public sealed class AGL0502Fix_KeepPipeline() : AgentCodeFix(AGL0502_PerCallPipeline.Rule, "Keep it in a static field")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var done = new HashSet<SyntaxNode>();
        var names = new HashSet<(TypeDeclarationSyntax Type, string Name)>();
        foreach (var state in new LostStates(context.Model, context.Semantics, context.CallDepth, context.Cancellation).In())
            if (state is { Fault: StateFault.Short, Life.Life: PolicyLife.Call }
                && diagnostics.Any(diagnostic => diagnostic.Location.SourceSpan == state.Site.Span)
                && state.Site.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is { UsingKeyword.RawKind: 0,
                    Declaration.Variables: [{ Initializer.Value: { } value } variable], Parent: BlockSyntax } local
                && value.Span.Contains(state.Site.Span) && done.Add(local))
                Move(local, variable, value);
        return Task.FromResult(edits.IsEmpty ? null
            : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));

        void Move(LocalDeclarationStatementSyntax local, VariableDeclaratorSyntax variable, ExpressionSyntax value)
        {
            if (local.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not (ClassDeclarationSyntax or StructDeclarationSyntax
                or RecordDeclarationSyntax) || local.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type
                || !IsFree(value) || context.Semantics.GetDeclaredSymbol(variable, context.Cancellation) is not ILocalSymbol symbol
                    || symbol.Type is not INamedTypeSymbol held
                || type.Members.FirstOrDefault() is not { } first)
                return;
            var name = char.ToUpperInvariant(variable.Identifier.ValueText[0]) + variable.Identifier.ValueText.Substring(1);
            if (type.DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == name)
                || !names.Add((type, name)))
                return;
            var line = habits.EndOfLine.ToString();
            var indentation = FileHabits.IndentationOf(first.GetFirstToken()).ToFullString();
            var spelled = types.Spell(held, first.SpanStart) + (held.Arity == 0 ? ""
                : $"<{string.Join(", ", held.TypeArguments.Select(argument => argument.ToMinimalDisplayString(context.Semantics, local.SpanStart)))}>");
            var outer = FileHabits.IndentationOf(local.GetFirstToken()).ToFullString();
            // The lines of the initializer move out with it.
            var text = value.WithoutTrivia().ToFullString().Replace(line + outer, line + indentation);
            var field = SyntaxFactory.ParseMemberDeclaration($"{indentation}private static readonly {spelled} {name} = {text};{line}",
                options: context.Root.SyntaxTree.Options)!;
            foreach (var use in local.Parent!.DescendantNodes().OfType<IdentifierNameSyntax>())
                if (use.Identifier.ValueText == symbol.Name
                    && SymbolEqualityComparer.Default.Equals(context.Semantics.GetSymbolInfo(use, context.Cancellation).Symbol, symbol))
                    edits.Add(use, node => SyntaxFactory.IdentifierName(name).WithTriviaFrom(node));
            edits.Add((BlockSyntax)local.Parent, block => WithoutStatement((BlockSyntax)block, local, line));
            edits.AddLast(type, node => WithField((TypeDeclarationSyntax)node, field, habits.EndOfLine));
        }

        static TypeDeclarationSyntax WithField(TypeDeclarationSyntax type, MemberDeclarationSyntax field, SyntaxTrivia endOfLine)
        {
            var next = type.Members[0];
            return type.WithMembers(type.Members.Replace(next,
                next.WithLeadingTrivia(next.GetLeadingTrivia().Insert(0, endOfLine))).Insert(0, field));
        }

        BlockSyntax WithoutStatement(BlockSyntax block, LocalDeclarationStatementSyntax local, string line)
        {
            var index = ((BlockSyntax)local.Parent!).Statements.IndexOf(local);
            var statement = block.Statements[index];
            var comments = statement.GetLeadingTrivia();
            var rest = block.Statements.RemoveAt(index);
            if (index < rest.Count)
            {
                var next = rest[index];
                // A blank line that set the declaration apart goes with it.
                var leading = next.GetLeadingTrivia();
                if (leading.Count > 0 && leading[0].IsKind(SyntaxKind.EndOfLineTrivia))
                    leading = leading.RemoveAt(0);
                var kept = comments.Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)
                    || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
                    ? comments.AddRange(leading.Where(trivia => !trivia.IsKind(SyntaxKind.WhitespaceTrivia))) : leading;
                rest = rest.Replace(next, next.WithLeadingTrivia(kept));
            }

            return block.WithStatements(rest);
        }

        // What a static field can be made of: no variable, and no member of the object.
        bool IsFree(ExpressionSyntax value) => value.DescendantNodesAndSelf().All(node => node switch
        {
            ThisExpressionSyntax or BaseExpressionSyntax or AwaitExpressionSyntax => false,
            IdentifierNameSyntax name => context.Semantics.GetSymbolInfo(name, context.Cancellation).Symbol switch
            {
                ILocalSymbol or IParameterSymbol or IRangeVariableSymbol => IsWithin(name, value),
                IFieldSymbol or IPropertySymbol or IMethodSymbol or IEventSymbol => IsOfAnother(name)
                    || context.Semantics.GetSymbolInfo(name, context.Cancellation).Symbol is { IsStatic: true }
                    or IMethodSymbol { MethodKind: MethodKind.ReducedExtension },
                _ => true,
            },
            _ => true,
        });

        bool IsWithin(IdentifierNameSyntax name, ExpressionSyntax value) =>
            context.Semantics.GetSymbolInfo(name, context.Cancellation).Symbol!.DeclaringSyntaxReferences.Any(reference =>
                reference.SyntaxTree == value.SyntaxTree && value.Span.Contains(reference.Span));
    }

    // builder.Name, and the members that an initializer sets.
    private static bool IsOfAnother(IdentifierNameSyntax name) =>
        (name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
        || (name.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } setter && setter.Left == name)
        || name.Parent is NameColonSyntax or NameEqualsSyntax or SubpatternSyntax;
}
