using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Values;

/// <summary>Where a token comes from, from the strongest claim on a call to the weakest.</summary>
internal enum TokenOrigin
{
    /// <summary>A parameter of the function around the call, or of a function around that.</summary>
    Parameter,

    /// <summary>A property of a parameter: <c>context.RequestAborted</c>.</summary>
    Context,
}

/// <summary>A cancellation token that code at a place can pass on.</summary>
/// <param name="Variable">The parameter.</param>
/// <param name="Member">The property of the parameter that gives the token; null where the parameter is the token.</param>
/// <param name="Owner">The function that declares the parameter: its declaration, or the lambda.</param>
internal sealed record ScopedToken(IParameterSymbol Variable, IPropertySymbol? Member, SyntaxNode Owner)
{
    public TokenOrigin Origin => Member == null ? TokenOrigin.Parameter : TokenOrigin.Context;

    /// <summary>The token as code and messages write it.</summary>
    public string Text => Member == null ? Variable.Name : $"{Variable.Name}.{Member.Name}";
}
