using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Sharing;

/// <summary>Settings that several calls share, changed for one of them.</summary>
/// <param name="Variable">The field, property or parameter that holds them.</param>
/// <param name="Site">The expression that changes them.</param>
/// <param name="Owner">Who has calls share them.</param>
/// <param name="Entrance">From where the change is reached.</param>
/// <param name="Entry">What the catalogue says of them.</param>
internal sealed record ChangedOptions(ISymbol Variable, SyntaxNode Site, Owner Owner, Entrance Entrance, CatalogueEntry Entry);
