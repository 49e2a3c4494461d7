using System.Collections.Immutable;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.Deadlines;

/// <summary>A call that is not given the token which is in scope.</summary>
/// <param name="Name">The name of the called method.</param>
/// <param name="Entry">The remote call that goes on without the token.</param>
/// <param name="Path">From the call to the remote call.</param>
/// <param name="IsProven">Whether the call itself could take the token, or a private function of the type could.</param>
/// <param name="AsksModel">Whether the remote call asks a model or an agent.</param>
internal sealed record TokenlessCall(SimpleNameSyntax Name, CatalogueEntry Entry, Witness Path, bool IsProven, bool AsksModel)
{
    /// <summary>Whether the call is given a token that is another one.</summary>
    public bool HasAnother { get; init; }
}

/// <summary>The calls of one function that are not given its token.</summary>
/// <param name="Token">The token.</param>
/// <param name="Calls">The calls, in the order of the text; at least one.</param>
/// <param name="IsNeverUsed">Whether the function does not use its token at all.</param>
internal sealed record DroppedToken(ScopedToken Token, ImmutableArray<TokenlessCall> Calls, bool IsNeverUsed)
{
    /// <summary>Whether code outside of the loop that runs the function may cancel the token: else only the failure of a sibling does.</summary>
    public bool IsGivenFromOutside { get; init; } = true;

    /// <summary>The call that a report names: the first one that asks a model or an agent, else the first.</summary>
    public TokenlessCall Culprit => Proven.FirstOrDefault(call => call.Entry.Answers()) ?? Proven.FirstOrDefault() ?? Calls[0];

    /// <summary>Whether the token is a parameter, and some call could take it.</summary>
    public bool IsProven => Token.Origin == TokenOrigin.Parameter && Proven.Any();

    private IEnumerable<TokenlessCall> Proven => Calls.Where(call => call.IsProven);
}
