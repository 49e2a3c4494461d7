using AgentLint.Analysis.Writes;
using Xunit;

namespace AgentLint.Tests.Analysis.Writes;

/// <summary>The words of names.</summary>
public sealed class WordsTests
{
    [Theory]
    [InlineData("PlaceOrderAsync", "place order async")]
    [InlineData("place_order", "place order")]
    [InlineData("Idempotency-Key", "idempotency key")]
    [InlineData("HTTPClientId", "http client id")]
    [InlineData("requestID", "request id")]
    [InlineData("preferenceId", "preference id")]
    [InlineData("v2", "v2")]
    [InlineData("", "")]
    [InlineData("_", "")]
    public void Name_has_words(string name, string words) => Assert.Equal(words, string.Join(' ', Words.Of(name)));

    [Theory]
    [InlineData("paymentReferenceId", "reference-id", true)]
    [InlineData("preferenceId", "reference-id", false)]
    [InlineData("referenceOfId", "reference-id", false)]
    [InlineData("id", "reference-id", false)]
    [InlineData("X-Idempotency-Key", "idempotency", true)]
    public void Words_stand_next_to_each_other(string name, string sequence, bool contains) => Assert.Equal(contains, Words.Contain(Words.Of(name), Words.Of(sequence)));

    [Theory]
    [InlineData("creates", "create")]
    [InlineData("searches", "search")]
    [InlineData("retries", "retry")]
    [InlineData("gets", "get")]
    [InlineData("find", "find")]
    public void Verb_in_the_third_person_has_a_plain_form(string verb, string plain) => Assert.Contains(plain, Words.Infinitives(verb));

    [Theory]
    [InlineData("TryAddAsync", "try", true)]
    [InlineData("Tryst", "try", false)]
    [InlineData("", "try", false)]
    public void Name_begins_with_a_word(string name, string word, bool begins) => Assert.Equal(begins, Words.Begins(name, word));
}
