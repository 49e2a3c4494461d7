using System.Net.Mail;
using Storefront.Contracts;

namespace Storefront.Infrastructure;

internal sealed class SmtpMailer(SmtpClient smtp) : IMailer
{
    public Task SendAsync(string customer, string text, CancellationToken cancellation = default) =>
        smtp.SendMailAsync("desk@storefront.example", customer, "Your order", text, cancellation);
}
