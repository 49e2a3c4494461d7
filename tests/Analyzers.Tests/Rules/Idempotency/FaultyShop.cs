using System.Net;

namespace AgentLint.Tests.Rules.Idempotency;

/// <summary>
/// A shop behind HTTP that does what it is asked and then, as often as it is told to, loses the answer. It knows an order by its key; one
/// without a key is always a new one.
/// </summary>
internal sealed class FaultyShop(int faultsPerOrder) : HttpMessageHandler
{
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private int left;

    /// <summary>How often something was done.</summary>
    public int Effects { get; private set; }

    /// <summary>How many answers were lost.</summary>
    public int Faults { get; private set; }

    public int Requests { get; private set; }

    /// <summary>The next order loses its answers again.</summary>
    public void Next() => left = faultsPerOrder;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        if (!request.Headers.TryGetValues("Idempotency-Key", out var key) || keys.Add(key.Single()))
            Effects++;
        if (left == 0)
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        left--;
        Faults++;
        throw new HttpRequestException("The answer was lost.", new TimeoutException());
    }
}
