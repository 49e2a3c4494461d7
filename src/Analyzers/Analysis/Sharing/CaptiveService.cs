using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Sharing;

/// <summary>A service of one request that something holds which lives as long as the program.</summary>
/// <param name="Service">The scoped service.</param>
/// <param name="Site">The constructor's parameter, or the question to the container.</param>
/// <param name="Holder">What holds it, as a message names it.</param>
/// <param name="Way">The services in between, from the holder on.</param>
/// <param name="Singleton">Where the holder is registered.</param>
/// <param name="Scoped">Where the service is registered.</param>
internal sealed record CaptiveService(
    INamedTypeSymbol Service, SyntaxNode Site, string Holder, ImmutableArray<INamedTypeSymbol> Way, ServiceRegistration Singleton, ServiceRegistration Scoped)
{
    /// <summary>Whether it is a typed HTTP client: transient, but with a connection that its factory means to replace.</summary>
    public bool IsHttpClient { get; init; }
}
