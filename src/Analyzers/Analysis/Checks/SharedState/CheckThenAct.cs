using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>Shared state that is read, and written from what was read, when others can have changed it in between.</summary>
/// <param name="Store">What is written, as a message names it: <c>the entry 'key' of 'Store.table'</c>.</param>
/// <param name="Look">Where it is read.</param>
/// <param name="Write">Where it is written.</param>
/// <param name="Entrance">From where that is reached.</param>
/// <param name="Remedy">What makes one step of the two, as a message goes on with it.</param>
/// <param name="Table">The catalogue's line of a table in memory; null for anything else.</param>
internal sealed record CheckThenAct(string Store, SyntaxNode Look, SyntaxNode Write, Entrance Entrance, string Remedy, CatalogueEntry? Table = null);
