namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>Who decides how many items a sequence has.</summary>
internal enum SizeKind
{
    /// <summary>The program: a constant, a few items that are written down, a setting, a part of fixed size.</summary>
    Bounded,

    /// <summary>What is there when the code runs.</summary>
    Data,

    /// <summary>Who calls: a model that fills a tool's parameter, or a request.</summary>
    Caller,

    /// <summary>What a model answers.</summary>
    Model,
}

/// <summary>How many items a sequence has, as far as the source shows it.</summary>
/// <param name="Kind">Who decides.</param>
/// <param name="What">The variable or call that decides, as messages name it; null where it has no name.</param>
internal sealed record SequenceSize(SizeKind Kind, string? What);
