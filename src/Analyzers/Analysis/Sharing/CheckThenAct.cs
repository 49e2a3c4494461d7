using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Sharing;

/// <summary>An entry that is looked at, and set when others have had their turn in between.</summary>
/// <param name="Store">What holds the entry, as a message names it.</param>
/// <param name="Look">Where it is looked at.</param>
/// <param name="Write">Where it is set.</param>
/// <param name="Entrance">From where that is reached.</param>
/// <param name="Table">The catalogue's line of a table in memory; null for a store elsewhere.</param>
internal sealed record CheckThenAct(string Store, SyntaxNode Look, SyntaxNode Write, Entrance Entrance, CatalogueEntry? Table);
