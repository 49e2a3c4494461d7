namespace AgentLint.Tests.Fuzz;

/// <summary>A text that is made by chance. The same seed and number make the same text, as long as the sources are the same.</summary>
internal sealed record Variant(int Seed, int Number, Seed Origin, string Text)
{
    public static Variant Of(int seed, int number)
    {
        var chance = Chance.Of(seed, number);
        // Whole programs of many files cost most, and the tests' programs hold most of what rules tell apart.
        var seeds = chance.Below(20) switch { 0 => Seeds.Sample, < 6 => Seeds.Pages, _ => Seeds.Tests };
        var origin = chance.Of(seeds);
        return new(seed, number, origin, Variation.Of(origin.Text, chance));
    }

    public override string ToString() => $"Variant {Number} of seed {Seed}, of {Origin.Origin}";
}
