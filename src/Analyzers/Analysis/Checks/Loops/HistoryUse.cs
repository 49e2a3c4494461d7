using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Checks.Loops;

/// <summary>What one use does with a conversation: by itself, or what it is handed to.</summary>
[Flags]
internal enum HistoryEffect
{
    Reads = 0,

    /// <summary>A message is added.</summary>
    Grows = 1,

    /// <summary>A model or an agent is sent all of it.</summary>
    Asks = 2,

    /// <summary>The variable is given another conversation.</summary>
    Replaced = 4,

    /// <summary>It is shortened, measured or handed to somebody who may do so: whatever is not known.</summary>
    MayShorten = 8,
}

/// <summary>A place where a conversation is used.</summary>
/// <param name="Effect">What happens to it there.</param>
/// <param name="Site">The place.</param>
/// <param name="Model">The model or agent that is asked; null where none is.</param>
internal readonly record struct HistoryUse(HistoryEffect Effect, SyntaxNode Site, IMethodSymbol? Model = null)
{
    public bool Has(HistoryEffect effect) => (Effect & effect) != 0;
}
