using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Editing.Retries;

/// <summary>
/// Writes the wait between two attempts: a random part of a time that doubles up to a limit ("full jitter"), which ends when the token in scope is canceled.
/// </summary>
internal sealed class Backoff(FixContext context, FileHabits habits, TypeNames types)
{
    /// <summary>The longest that the first wait may take, in milliseconds.</summary>
    public const int First = 500;

    /// <summary>The longest that any wait may take, in milliseconds.</summary>
    public const string Longest = "30_000";

    private readonly Dictionary<StatementSyntax, string> declared = [];
    private readonly FreshNames names = new();

    /// <summary>The wait after an attempt of a small number that counts from one.</summary>
    public string After(string attempt, SyntaxNode place) => Delay(LongestAfter(attempt, place), place);

    /// <summary>The time to wait after an attempt of a small number that counts from one.</summary>
    public string TimeAfter(string attempt, SyntaxNode place) =>
        $"{types.Spell(TaskTypes.Find(context.Semantics.Compilation, "System.TimeSpan")!, place.SpanStart)}.FromMilliseconds({Chance(LongestAfter(attempt, place), place)})";

    /// <summary>The two statements of a wait whose length a variable of the loop keeps; null where no name is left for it.</summary>
    /// <param name="loop">The loop, above which the variable is declared.</param>
    /// <param name="place">Where the wait goes.</param>
    /// <param name="statements">Takes the declaration.</param>
    public IReadOnlyList<string>? Growing(StatementSyntax loop, SyntaxNode place, Statements statements)
    {
        if (!declared.TryGetValue(loop, out var name))
        {
            if (names.For(loop, "backoff", "backoffTime", "retryDelay", "nextDelay") is not { } free)
                return null;
            declared[loop] = name = free;
            statements.Before(loop, $"var {name} = {First};");
        }

        return [Delay(name, place), $"{name} = {Math(place)}.Min(2 * {name}, {Longest});"];
    }

    private string LongestAfter(string attempt, SyntaxNode place) => $"{Math(place)}.Min({Longest}, {First / 2} << {attempt})";

    private string Chance(string longest, SyntaxNode place)
    {
        var random = TaskTypes.Find(context.Semantics.Compilation, "System.Random")!;
        var source = types.Spell(random, place.SpanStart) is var name && random.GetMembers("Shared").IsEmpty ? $"new {name}()" : $"{name}.Shared";
        return $"{source}.Next({longest})";
    }

    private string Delay(string longest, SyntaxNode place)
    {
        var token = TokenInScope.InHandler(place, context) is { } inScope ? ", " + inScope : "";
        var configured = habits.ConfiguresAwait ? ".ConfigureAwait(false)" : "";
        return $"await {types.Spell(TaskTypes.Task(context.Semantics.Compilation), place.SpanStart)}.Delay({Chance(longest, place)}{token}){configured};";
    }

    private string Math(SyntaxNode place) => types.Spell(TaskTypes.Find(context.Semantics.Compilation, "System.Math")!, place.SpanStart);
}
