using Microsoft.Extensions.AI;
using Storefront.Contracts;

namespace Storefront.Infrastructure;

internal sealed class Advisor(IChatClient chat) : IAdvisor
{
    public async Task<string> AdviseAsync(string question, CancellationToken cancellation = default) =>
        (await chat.GetResponseAsync(question, cancellationToken: cancellation)).Text;
}
