using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace AgentLint.Testing;

/// <summary>Throws an <see cref="AnalyzerTestFailedException"/>, which every test framework shows as a failure.</summary>
/// <param name="places">The places that the failure lies in, innermost first.</param>
public sealed class DefaultVerifier(ImmutableStack<string> places) : IVerifier
{
    /// <summary>Creates a verifier that stands in no place.</summary>
    public DefaultVerifier()
        : this([])
    {
    }

    /// <inheritdoc/>
    public void Empty<T>(string collectionName, IEnumerable<T> collection)
    {
        if (collection.Any())
        {
            Fail($"'{collectionName}' should be empty, but holds: {string.Join(", ", collection)}");
        }
    }

    /// <inheritdoc/>
    public void NotEmpty<T>(string collectionName, IEnumerable<T> collection)
    {
        if (!collection.Any())
        {
            Fail($"'{collectionName}' should not be empty");
        }
    }

    /// <inheritdoc/>
    public void Equal<T>(T expected, T actual, string? message = null)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            Fail($"{message ?? "The values differ."}\nExpected: {expected}\nActual:   {actual}");
        }
    }

    /// <inheritdoc/>
    public void True([DoesNotReturnIf(false)] bool assert, string? message = null)
    {
        if (!assert)
        {
            Fail(message ?? "Expected true.");
        }
    }

    /// <inheritdoc/>
    public void False([DoesNotReturnIf(true)] bool assert, string? message = null)
    {
        if (assert)
        {
            Fail(message ?? "Expected false.");
        }
    }

    /// <inheritdoc/>
    [DoesNotReturn]
    public void Fail(string? message = null)
    {
        var where = string.Concat(places.Reverse().Select(place => $"In {place}:\n"));
        throw new AnalyzerTestFailedException(where + (message ?? "The test failed."));
    }

    /// <inheritdoc/>
    public void SequenceEqual<T>(IEnumerable<T> expected, IEnumerable<T> actual, IEqualityComparer<T>? equalityComparer = null, string? message = null)
    {
        if (!expected.SequenceEqual(actual, equalityComparer))
        {
            Fail($"{message ?? "The sequences differ."}\nExpected: {string.Join(", ", expected)}\nActual:   {string.Join(", ", actual)}");
        }
    }

    /// <inheritdoc/>
    public IVerifier PushContext(string context) => new DefaultVerifier(places.Push(context));
}
