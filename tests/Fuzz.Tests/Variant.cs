namespace AgentLint.Tests.Fuzz;

/// <summary>A text that is made by chance. The same seed and number make the same text, as long as the sources are the same.</summary>
internal sealed record Variant(int Seed, int Number, Seed Origin, string Text)
{
    public static Variant Of(int seed, int number)
    {
        var chance = Chance.Of(seed, number);
        // A program of many files costs forty times what one file does.
        var seeds = chance.Below(100) switch { 0 => Seeds.Sample, < 60 => Seeds.Reported, < 66 => Seeds.Pages, _ => Seeds.Tests };
        var origin = chance.Of(seeds);
        return new(seed, number, origin, Variation.Of(origin.Text, chance));
    }

    public override string ToString() => $"Variant {Number} of seed {Seed}, of {Origin.Origin}";
}
