namespace AgentLint.Tests.Studies.RetryStudy;

/// <summary>What is wrong with a retry, in the words of the study.</summary>
internal enum RetryFault
{
    /// <summary>WHEN: nothing ends it.</summary>
    MissingCap,

    /// <summary>WHEN: the next attempt follows at once, or in step with everybody else's.</summary>
    MissingDelay,

    /// <summary>IF: what cannot succeed is tried again.</summary>
    PermanentFailure,

    /// <summary>IF: what was given up is tried again.</summary>
    CanceledTask,

    /// <summary>IF: there is a retry, and it never acts.</summary>
    DisabledMechanism,

    /// <summary>HOW: an attempt starts from what the one before it left behind.</summary>
    StateReset,

    /// <summary>HOW: what has been done, and what is left to do, is lost track of.</summary>
    JobTracking,
}

/// <summary>One way in which retries go wrong, and the same program without the fault.</summary>
/// <param name="Name">The shape.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Rules">The rules that may answer; one of them has to.</param>
/// <param name="After">The issues and confirmed bugs of the study whose mechanics the shape has.</param>
/// <param name="Fault">A program with the fault.</param>
/// <param name="Twin">The program without it.</param>
internal sealed record RetryShape(string Name, RetryFault Kind, string Rules, string After, string Fault, string Twin)
{
    /// <summary>Why AgentLint does not see the fault; null where it does.</summary>
    public string? Miss { get; init; }

    public IEnumerable<string> Ids => Rules.Split(' ');
}
