using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Storefront.Contracts;

namespace Storefront.Infrastructure;

public static class InfrastructureServices
{
    public static IServiceCollection AddInfrastructure(this IServiceCollection services)
    {
        services.AddDbContext<StoreContext>(options => options.UseInMemoryDatabase("storefront"));
        services.AddScoped<IOrderStore, OrderStore>();
        services.AddSingleton(_ => new SmtpClient("localhost"));
        services.AddTransient<IMailer, SmtpMailer>();
        services.AddTransient<IAdvisor, Advisor>();
        services.AddHttpClient<IPayments, PaymentsClient>(http => http.BaseAddress = new Uri("https://payments.example/"));
        return services;
    }
}
