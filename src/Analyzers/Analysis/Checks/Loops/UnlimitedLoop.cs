using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Checks.Loops;

/// <summary>Why a framework's loop has no limit.</summary>
internal enum UnlimitedBy
{
    /// <summary>Nobody sets one, and the default is none.</summary>
    Default,

    /// <summary>It is set to none, or to so much that it is as good as none.</summary>
    Value,

    /// <summary>Nobody sets one, and what ends the loop instead looks for words in what models write.</summary>
    Sentinel,

    /// <summary>The framework itself is the project: it declares the default.</summary>
    Declaration,
}

/// <summary>A loop of a framework that nothing bounds.</summary>
/// <param name="Site">Where the loop is made, or its limit is set.</param>
/// <param name="Owner">The type whose loop it is.</param>
/// <param name="Limit">The property, parameter or method that would set the limit.</param>
/// <param name="By">Why there is none.</param>
/// <param name="Value">The value that is set, as it is written.</param>
/// <param name="Entry">What the catalogue says of the limit.</param>
internal sealed record UnlimitedLoop(SyntaxNode Site, string Owner, string Limit, UnlimitedBy By, string? Value, CatalogueEntry Entry);
