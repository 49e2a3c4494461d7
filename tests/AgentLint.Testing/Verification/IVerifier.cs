using System.Diagnostics.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>The assertions that the harness makes, so that a test framework can put its own failures in their place.</summary>
public interface IVerifier
{
    /// <summary>Fails when <paramref name="collection"/> has an element.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="collectionName">The collection's name in the failure.</param>
    /// <param name="collection">The collection that must be empty.</param>
    void Empty<T>(string collectionName, IEnumerable<T> collection);

    /// <summary>Fails when <paramref name="collection"/> has no element.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="collectionName">The collection's name in the failure.</param>
    /// <param name="collection">The collection that must not be empty.</param>
    void NotEmpty<T>(string collectionName, IEnumerable<T> collection);

    /// <summary>Fails when the values differ.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="expected">The value that the test wants.</param>
    /// <param name="actual">The value that was found.</param>
    /// <param name="message">What the value means.</param>
    void Equal<T>(T expected, T actual, string? message = null);

    /// <summary>Fails when <paramref name="assert"/> is false.</summary>
    /// <param name="assert">The condition.</param>
    /// <param name="message">What it means when the condition does not hold.</param>
    void True([DoesNotReturnIf(false)] bool assert, string? message = null);

    /// <summary>Fails when <paramref name="assert"/> is true.</summary>
    /// <param name="assert">The condition.</param>
    /// <param name="message">What it means when the condition holds.</param>
    void False([DoesNotReturnIf(true)] bool assert, string? message = null);

    /// <summary>Fails.</summary>
    /// <param name="message">Why.</param>
    [DoesNotReturn]
    void Fail(string? message = null);

    /// <summary>Fails when the sequences differ in length or in an element.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="expected">The sequence that the test wants.</param>
    /// <param name="actual">The sequence that was found.</param>
    /// <param name="equalityComparer">How elements are compared; null stands for the default comparison.</param>
    /// <param name="message">What the sequence means.</param>
    void SequenceEqual<T>(IEnumerable<T> expected, IEnumerable<T> actual, IEqualityComparer<T>? equalityComparer = null, string? message = null);

    /// <summary>Gives a verifier whose failures also say where they happened.</summary>
    /// <param name="context">The place, for example the state or the pass that is verified.</param>
    /// <returns>The verifier to use in that place.</returns>
    IVerifier PushContext(string context);
}
