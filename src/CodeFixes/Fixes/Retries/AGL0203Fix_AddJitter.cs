using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Model;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Retries;

/// <summary>Leaves a part of a retry's delay to chance: by the strategy's own setting, or by a factor between a half and one and a half.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0203Fix_AddJitter)), Shared]
public sealed class AGL0203Fix_AddJitter() : AgentCodeFix(AGL0203_RetryWithoutJitter.Rule, "Add jitter to the delay")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var delays = new RetryDelays(context.Model, context.CallDepth, context.Cancellation);
        foreach (var use in context.Model.Query(entry => entry.Role == CatalogueRole.Retry).In(context.Root.SyntaxTree, context.Cancellation))
            if (diagnostics.Any(d => d.Location.SourceSpan == use.Name.Span) && delays.At(use, context.Semantics) is { Settings: { } settings } delay)
            {
                if (delay.Delay != null)
                    Vary(delay.Delay, context, types, edits);
                else if (settings.Options?.Syntax is BaseObjectCreationExpressionSyntax options && options.SyntaxTree == context.Root.SyntaxTree && SettersOf(settings, options.SpanStart, context, types) is { Count: > 0 } setters)
                    edits.Add(options, (BaseObjectCreationExpressionSyntax made) => PropertyInitializers.Set(made, habits, setters));
            }

        foreach (var delay in delays.In(context.Root.SyntaxTree))
            if (diagnostics.Any(d => d.Location.SourceSpan == delay.Site.Span) && delay.Delay?.Syntax is ExpressionSyntax time)
                Multiply(time, context, types, edits);
        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));
    }

    private static List<(string, string)> SettersOf(RetrySettings settings, int position, FixContext context, TypeNames types)
    {
        var setters = new List<(string, string)>();
        if (settings.Options?.Type is not INamedTypeSymbol options || settings.Entry["jitter-in"] is not { } jitter)
            return setters;
        if (settings.Backoff == Backoff.Constant && settings.Entry["backoff-in"] is { } backoff && PropertyOf(options, backoff)?.Type is INamedTypeSymbol { TypeKind: TypeKind.Enum } kinds)
            setters.Add((backoff, types.Spell(kinds, position) + ".Exponential"));
        setters.Add((jitter, "true"));
        return setters;
    }

    private static IPropertySymbol? PropertyOf(INamedTypeSymbol type, string name)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (t.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault() is { } property)
                return property;
        return null;
    }

    // attempt => TimeSpan.FromSeconds(attempt)
    private static void Vary(IOperation delay, FixContext context, TypeNames types, NodeEdits edits)
    {
        if (delay.Unwrap() is IAnonymousFunctionOperation { Syntax: LambdaExpressionSyntax { ExpressionBody: { } time } } && time.SyntaxTree == context.Root.SyntaxTree)
            Multiply(time, context, types, edits);
    }

    private static void Multiply(ExpressionSyntax time, FixContext context, TypeNames types, NodeEdits edits)
    {
        if (context.Semantics.GetTypeInfo(time, context.Cancellation).Type is not { } type || TaskTypes.Find(context.Semantics.Compilation, "System.Random") is not { } random)
            return;
        var isNumber = type.SpecialType == SpecialType.System_Int32;
        if (!isNumber && type.Name != "TimeSpan")
            return;
        var factor = $"(0.5 + {types.Spell(random, time.SpanStart)}.Shared.NextDouble())";
        edits.Add(time, (ExpressionSyntax old) =>
        {
            var operand = old.WithoutTrivia() is var bare && bare is BinaryExpressionSyntax or ConditionalExpressionSyntax or AssignmentExpressionSyntax ? $"({bare})" : bare.ToString();
            return SyntaxFactory.ParseExpression(isNumber ? $"(int)({operand} * {factor})" : $"{operand} * {factor}").WithTriviaFrom(old);
        });
    }
}
