using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Sharing;
using AgentLint.Editing;
using AgentLint.Model;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.SharedState;

/// <summary>Counts in one step, or puts every use of the state under one lock: the one that others hold already, or a new one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0703Fix_UseLock)), Shared]
public sealed class AGL0703Fix_UseLock()
    : AgentCodeFix(AGL0703_UnguardedToolState.Rule, "Guard it with a lock")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var gates = new Gates(context, habits, edits);
        string? title = null;
        // Under a lock the next call still finds what the last one has put there.
        foreach (var (shared, uses) in SharedCode.Reported(context, diagnostics).Where(reported => !reported.Shared.IsOfOneCall))
            if (Counts(shared, uses, types, context) is { } counts)
            {
                foreach (var (node, text) in counts)
                    edits.Add(node, old => context.Expression(text).WithTriviaFrom(old));
                title ??= "Count with 'Interlocked'";
            }
            else if (Places(shared, uses, context) is { IsEmpty: false } places && gates.For(shared, uses) is { } gate)
            {
                foreach (var place in places)
                    edits.Add(place, node => Locked((StatementSyntax)node, place, gate, habits, context));
            }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine)), title));
    }

    // Every change is one step up or down, and its old value is nobody's business.
    private static List<(SyntaxNode Node, string Text)>? Counts(SharedVariable shared, ImmutableArray<IOperation> uses, TypeNames types, FixContext context)
    {
        if (shared.Variable is not IFieldSymbol || TaskTypes.Find(context.Semantics.Compilation, "System.Threading.Interlocked") is not { } interlocked)
            return null;
        var counts = new List<(SyntaxNode, string)>();
        foreach (var use in uses)
            if (use.Parent is IIncrementOrDecrementOperation or IAssignmentOperation && !SharedCode.IsOfConstruction(use.Syntax) && !(use.Parent is IAssignmentOperation { Target: var target } && target != use))
            {
                if (AtomicCount.Of(use.Parent, types.Spell(interlocked, use.Syntax.SpanStart)) is not { } count)
                    return null;
                counts.Add((use.Parent.Syntax, count));
            }

        return counts.Count == 0 ? null : counts;
    }

    // The statements that use it, the outer ones only; none where one of them cannot be put under a lock.
    private static ImmutableArray<StatementSyntax> Places(SharedVariable shared, ImmutableArray<IOperation> uses, FixContext context)
    {
        var places = new List<StatementSyntax>();
        foreach (var use in uses)
        {
            if (SharedCode.IsOfConstruction(use.Syntax) || use.Syntax.Ancestors().Any(node => node is LockStatementSyntax))
                continue;
            if (use.Syntax.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || Leaks(use, context))
                return [];
            while (statement.Parent is not (BlockSyntax or SwitchSectionSyntax) && statement.Parent?.FirstAncestorOrSelf<StatementSyntax>() is { } outer)
                statement = outer;
            places.Add(statement);
        }

        var outermost = places.Distinct().Where(place => !places.Any(other => other != place && other.Span.Contains(place.Span))).ToImmutableArray();
        // Where it is looked at in one statement and changed in the next, both belong under one lock.
        return outermost.All(place => CanBeLocked(place)) && !AreParts(outermost) ? outermost : [];
    }

    private static bool AreParts(ImmutableArray<StatementSyntax> places) => places.GroupBy(Functions.Around).Any(function => function.Count() > 1);

    private static bool CanBeLocked(StatementSyntax statement) =>
        statement is ExpressionStatementSyntax or ReturnStatementSyntax or IfStatementSyntax or CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or BlockSyntax
        && !Leaves(statement) && FileHabits.IsFirstOnLine(statement.GetFirstToken());

    private static bool Leaves(SyntaxNode code) =>
        AtomicCount.Awaits(code) || code.DescendantNodesAndSelf(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(node => node is YieldStatementSyntax or CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 });

    // What is given out, or looked at later, is used when the lock is no longer held.
    private static bool Leaks(IOperation use, FixContext context)
    {
        if (use.Syntax.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() != null && use.Syntax.FirstAncestorOrSelf<StatementSyntax>() is { } around && around.Span.Contains(use.Syntax.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>()!.Span))
            return true;
        if (use.Type is { IsValueType: true } or { SpecialType: SpecialType.System_String })
            return false;
        var parent = use.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            parent = parent.Parent;
        return parent switch
        {
            IForEachLoopOperation => false,
            IInvocationOperation { Type: var type } => IsLazy(type),
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true, Type: var type } } => IsLazy(type),
            IMemberReferenceOperation or IConditionalAccessOperation or ISpreadOperation => false,
            ISimpleAssignmentOperation assignment => assignment.Target != use && assignment.Target.Unwrap() != use,
            IIncrementOrDecrementOperation or ICompoundAssignmentOperation or IBinaryOperation => false,
            _ => true,
        };
    }

    private static bool IsLazy(ITypeSymbol? type) => type is { TypeKind: TypeKind.Interface, Name: "IEnumerable" or "IOrderedEnumerable" or "IQueryable" or "IAsyncEnumerable" };

    private static SyntaxNode Locked(StatementSyntax statement, StatementSyntax original, string gate, FileHabits habits, FixContext context)
    {
        var outer = FileHabits.IndentationOf(original.GetFirstToken()).ToString();
        var end = habits.EndOfLine.ToString();
        var inner = statement.WithoutLeadingTrivia().WithoutTrailingTrivia().ToFullString();
        var body = statement is BlockSyntax
            ? inner
            : $"{{{end}{string.Join("\n", inner.Split('\n').Select(line => line.Trim().Length == 0 ? line : (line.StartsWith(outer, StringComparison.Ordinal) ? "    " : outer + "    ") + line))}{end}{outer}}}";
        return context.Statement($"lock ({gate}){end}{outer}{body}").WithTriviaFrom(statement);
    }

    /// <summary>The locks that fixes of one document use, and the fields that they add for them.</summary>
    private sealed class Gates(FixContext context, FileHabits habits, NodeEdits edits)
    {
        private readonly Dictionary<(INamedTypeSymbol, bool), string> added = [];

        public string? For(SharedVariable shared, ImmutableArray<IOperation> uses)
        {
            // The lock that somebody holds already, where it is one and a field.
            if (shared.Guarded is { Site: var guarded } && guarded.FirstAncestorOrSelf<LockStatementSyntax>() is { } held)
                return context.Semantics.GetSymbolInfo(held.Expression, context.Cancellation).Symbol is IFieldSymbol { IsReadOnly: true } gate && (gate.IsStatic || !shared.Variable.IsStatic) ? held.Expression.ToString() : null;
            var key = (shared.Variable.ContainingType, shared.Variable.IsStatic);
            if (added.TryGetValue(key, out var known))
                return known;
            if (SharedCode.DeclarationOf(shared.Variable, context)?.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member || member.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type)
                return null;
            var used = new HashSet<string>(type.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText), StringComparer.Ordinal);
            var prefix = shared.Variable.Name.StartsWith("_", StringComparison.Ordinal) ? "_" : "";
            if (new[] { prefix + "gate", prefix + "sync", prefix + NewNames.AsLocal(shared.Variable.Name) + "Gate" }.FirstOrDefault(name => !used.Contains(name)) is not { } fresh)
                return null;
            var indentation = FileHabits.IndentationOf(member.GetFirstToken()).ToString();
            var modifiers = (member.Modifiers.Any(SyntaxKind.PrivateKeyword) ? "private " : "") + (shared.Variable.IsStatic ? "static " : "");
            var text = $"{indentation}{modifiers}readonly object {fresh} = new();{habits.EndOfLine}";
            edits.AddLast(type, node =>
            {
                var current = (TypeDeclarationSyntax)node;
                var index = type.Members.IndexOf(member);
                return current.WithMembers(current.Members.Insert(index + 1, SyntaxFactory.ParseMemberDeclaration(text)!));
            });
            return added[key] = fresh;
        }
    }
}
