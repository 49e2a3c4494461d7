using System.Net;

namespace SupportDesk.BackOffice;

/// <summary>Repeats reads that failed for a passing reason.</summary>
public sealed class RetryHandler : DelegatingHandler
{
    const int MaxAttempts = 4;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (attempt == MaxAttempts || request.Method != HttpMethod.Get || !IsTransient(response.StatusCode))
            {
                return response;
            }

            var delay = response.Headers.RetryAfter?.Delta ?? Backoff(attempt);
            response.Dispose();
            await Task.Delay(delay, cancellationToken);
        }
    }

    static bool IsTransient(HttpStatusCode status)
        => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;

    static TimeSpan Backoff(int attempt)
        => TimeSpan.FromMilliseconds(200 * Math.Pow(2, attempt) + Random.Shared.Next(0, 200));
}
