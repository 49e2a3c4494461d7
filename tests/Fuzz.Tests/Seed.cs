namespace AgentLint.Tests.Fuzz;

/// <summary>A text that variants are made of.</summary>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Text">The text.</param>
/// <param name="IsReported">Whether rules are known to report something in it.</param>
/// <param name="IsSample">Whether it is a file of the sample, and stands among the others; any other text is a program by itself.</param>
internal sealed record Seed(string Origin, string Text, bool IsReported, bool IsSample = false);
