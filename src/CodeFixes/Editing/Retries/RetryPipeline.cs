using System.Collections.Immutable;
using AgentLint.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>
/// Puts a pipeline of Polly 8 in the place of a loop that does nothing but try one call again. The pipeline is a static field: what it knows outlives the call.
/// </summary>
internal sealed class RetryPipeline(FixContext context, FileHabits habits, TypeNames types, NodeEdits edits)
{
    private readonly Dictionary<(TypeDeclarationSyntax, string), string> fields = [];

    /// <summary>Plans the change of a loop.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Add(RetryLoopSyntax retry)
    {
        if (!retry.IsEndless
            || ReplayedLoop.Is(retry.Loop, context)
            || retry.Loop is DoStatementSyntax or ForStatementSyntax { Declaration: not null }
            || Find("Polly.ResiliencePipelineBuilder") == null
            || Find("Polly.Retry.RetryStrategyOptions") is null
            || retry.Body.Statements is not [TryStatementSyntax { Finally: null } attempt]
            || !attempt.Catches.All(IsPlain)
            || attempt.Block.Statements is not [var work, ..]
            || AwaitIn(work) is not { } awaited
            || !(work is ReturnStatementSyntax ? attempt.Block.Statements.Count == 1 : attempt.Block.Statements is [ExpressionStatementSyntax, ReturnStatementSyntax { Expression: null } or BreakStatementSyntax])
            || AwaitSyntax.CommentsLost(retry.Loop, awaited).Any()
            || retry.Loop.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { RawKind: (int)SyntaxKind.ClassDeclaration or (int)SyntaxKind.StructDeclaration } type
            || CallOf(awaited) is not { } call
            || TokenName(retry.Loop) is not { } token
            || FieldOf(type, attempt) is not { } field)
            return false;

        var inner = PassOn(awaited.Expression, call, token, out var isUsed);
        var outer = TokenInScope.InHandler(retry.Loop, context) is { } inScope ? ", " + inScope : "";
        var configured = habits.ConfiguresAwait ? ".ConfigureAwait(false)" : "";
        var execute = $"await {field}.ExecuteAsync(async {(isUsed ? token : "_")} => await {inner}{outer}){configured}";
        // async token => await X, token: the lambda ends at the comma.
        var line = work.ReplaceNode(awaited, SyntaxFactory.ParseExpression(execute).WithTriviaFrom(awaited)).WithoutTrivia().ToString();
        var after = work is ReturnStatementSyntax || attempt.Block.Statements[1] is BreakStatementSyntax || IsLast(retry.Loop) ? "" : "return;";
        if (after.Length > 0)
            return false;
        edits.Add(retry.Loop, (StatementSyntax l) => SyntaxFactory.ParseStatement(line, options: context.Root.SyntaxTree.Options).WithTriviaFrom(l));
        return true;
    }

    // Lambdas beside each other may call their parameters the same.
    private string? TokenName(StatementSyntax loop)
    {
        var used = new HashSet<string>(loop.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText), StringComparer.Ordinal);
        return new[] { "token", "attemptToken" }.FirstOrDefault(n => !used.Contains(n) && context.Semantics.LookupSymbols(loop.SpanStart, name: n).IsEmpty);
    }

    private static bool IsLast(StatementSyntax loop) =>
        loop.Parent is BlockSyntax { Parent: MethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax } body && body.Statements.Last() == loop;

    // Catches a type and does nothing but wait.
    private bool IsPlain(CatchClauseSyntax handler) =>
        handler.Filter == null
        && handler.Block.Statements.All(s => s is ContinueStatementSyntax || s == RetryLoopSyntax.DelayIn(handler.Block))
        && (handler.Declaration == null || handler.Declaration.Identifier.IsKind(SyntaxKind.None));

    private static AwaitExpressionSyntax? AwaitIn(StatementSyntax work) =>
        Functions.OwnNodes(work).OfType<AwaitExpressionSyntax>().ToList() is [var only] ? only : null;

    private static InvocationExpressionSyntax? CallOf(AwaitExpressionSyntax awaited) =>
        awaited.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: InvocationExpressionSyntax task } }
            ? task
            : awaited.Expression as InvocationExpressionSyntax;

    // The pipeline's token is the one that its attempt has to listen to.
    private ExpressionSyntax PassOn(ExpressionSyntax expression, InvocationExpressionSyntax call, string token, out bool isUsed)
    {
        var name = SyntaxFactory.IdentifierName(token);
        var scope = TokenInScope.Symbol(call, context);
        var given = expression.DescendantNodes().OfType<IdentifierNameSyntax>().FirstOrDefault(n => scope != null && n.Identifier.ValueText == scope.Name && SymbolEqualityComparer.Default.Equals(context.Semantics.GetSymbolInfo(n, context.Cancellation).Symbol, scope));
        isUsed = true;
        if (given != null)
            return expression.ReplaceNode(given, name.WithTriviaFrom(given));
        if (TokenArgument.For(call, name, context.Semantics, context.Cancellation) is { } argument)
            return expression.ReplaceNode(call, call.WithArgumentList(call.ArgumentList.With(argument)));
        isUsed = false;
        return expression;
    }

    private string? FieldOf(TypeDeclarationSyntax type, TryStatementSyntax attempt)
    {
        var handled = attempt.Catches.Select(c => c.Declaration?.Type).ToImmutableArray();
        var isAll = handled.Any(t => t == null || ExceptionTypes.IsAny(context.Semantics.GetTypeInfo(t, context.Cancellation).Type));
        var position = type.OpenBraceToken.Span.End;
        var handles = isAll ? "" : $"new {types.Spell(Find("Polly.PredicateBuilder")!, position)}(){string.Concat(handled.Select(t => $".Handle<{t}>()"))}";
        if (fields.TryGetValue((type, handles), out var known))
            return known;
        if (type.OpenBraceToken.IsMissing || type.OpenBraceToken.IsKind(SyntaxKind.None) || !type.OpenBraceToken.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia) || type.Members.Count == 0)
            return null;
        var used = new HashSet<string>(type.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText).Concat(fields.Values), StringComparer.Ordinal);
        if (type.Members.OfType<FieldDeclarationSyntax>().FirstOrDefault(f => f.ToString() is var text && text.StartsWith("private static readonly", StringComparison.Ordinal) && IsSame(f, Field(f.Declaration.Variables[0].Identifier.ValueText))) is { } same)
            return fields[(type, handles)] = same.Declaration.Variables[0].Identifier.ValueText;
        if (context.Semantics.GetDeclaredSymbol(type, context.Cancellation) is not { } symbol
            || new[] { "Retry", "RetryPipeline", "Resilience" }.FirstOrDefault(n => !used.Contains(n) && symbol.GetMembers(n).IsEmpty && n != symbol.Name) is not { } name)
            return null;
        fields[(type, handles)] = name;
        edits.AddLast(type, t =>
        {
            var members = ((TypeDeclarationSyntax)t).Members;
            var first = members[0];
            return ((TypeDeclarationSyntax)t).WithMembers(members.Replace(first, first.WithLeadingTrivia(first.GetLeadingTrivia().Insert(0, habits.EndOfLine))).Insert(0, Field(name)));
        });
        return name;

        FieldDeclarationSyntax Field(string name)
        {
            var indentation = FileHabits.IndentationOf(type.Members[0].GetFirstToken()).ToFullString();
            string[] settings =
            [
                .. handles.Length == 0 ? Array.Empty<string>() : [$"ShouldHandle = {handles},"],
                $"MaxRetryAttempts = {BoundedRetry.Attempts - 1},",
                $"Delay = {Spell("System.TimeSpan")}.FromMilliseconds({Backoff.First}),",
                $"MaxDelay = {Spell("System.TimeSpan")}.FromSeconds(30),",
                $"BackoffType = {Spell("Polly.DelayBackoffType")}.Exponential,",
                "UseJitter = true,",
            ];
            string[] lines =
            [
                $"{indentation}private static readonly {Spell("Polly.ResiliencePipeline")} {name} = new {Spell("Polly.ResiliencePipelineBuilder")}()",
                $"{indentation}    .AddRetry(new {Spell("Polly.Retry.RetryStrategyOptions")}",
                $"{indentation}    {{",
                .. settings.Select(setting => $"{indentation}        {setting}"),
                $"{indentation}    }})",
                $"{indentation}    .Build();",
                "",
            ];
            return (FieldDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration(string.Join(habits.EndOfLine.ToString(), lines), options: context.Root.SyntaxTree.Options)!;
        }

        string Spell(string typeName) => types.Spell(Find(typeName)!, position);
    }

    private static bool IsSame(FieldDeclarationSyntax known, FieldDeclarationSyntax made) => SyntaxFactory.AreEquivalent(known, made, topLevel: false);

    private INamedTypeSymbol? Find(string name) => TaskTypes.Find(context.Semantics.Compilation, name);
}
