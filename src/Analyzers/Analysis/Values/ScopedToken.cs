using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Values;

/// <summary>Where a token comes from, from the strongest claim on a call to the weakest.</summary>
internal enum TokenOrigin
{
    /// <summary>A parameter of the function around the call, or of a function around that.</summary>
    Parameter,

    /// <summary>A property of a parameter, or of an object that the type around the call keeps: <c>context.RequestAborted</c>.</summary>
    Context,
}

/// <summary>A cancellation token that code at a place can pass on.</summary>
/// <param name="Variable">The parameter, or a property of the type around the call.</param>
/// <param name="Type">The type of the variable.</param>
/// <param name="Member">The property of the variable that gives the token; null where the variable is the token.</param>
/// <param name="Owner">The function that has the token: its declaration, or the lambda.</param>
internal sealed record ScopedToken(ISymbol Variable, ITypeSymbol Type, IPropertySymbol? Member, SyntaxNode Owner)
{
    public TokenOrigin Origin => Member == null ? TokenOrigin.Parameter : TokenOrigin.Context;

    /// <summary>The token as code and messages write it.</summary>
    public string Text => Member == null ? Variable.Name : $"{Variable.Name}.{Member.Name}";
}
