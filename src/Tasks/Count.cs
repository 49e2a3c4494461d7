namespace AgentLint.Tasks;

/// <summary>How many reports there are that a build shows.</summary>
internal readonly record struct Count(int Errors, int Warnings, int Rules)
{
    public bool IsNothing => Errors + Warnings == 0;

    public static Count Of(IEnumerable<SarifResult> results)
    {
        var shown = results.Where(result => !result.IsSuppressed && result.Level is "error" or "warning").ToList();
        return new Count(shown.Count(r => r.Level == "error"), shown.Count(r => r.Level == "warning"), shown.Select(r => r.RuleId).Distinct().Count());
    }

    public override string ToString() => $"{Say(Errors, "error")}, {Say(Warnings, "warning")} in {Say(Rules, "rule")}";

    private static string Say(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
