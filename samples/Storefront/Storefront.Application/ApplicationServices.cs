using Microsoft.Extensions.DependencyInjection;
using Storefront.Contracts;

namespace Storefront.Application;

public static class ApplicationServices
{
    public static IServiceCollection AddApplication(this IServiceCollection services) =>
        services.AddScoped<IOrderService, OrderService>().AddScoped<IRefundService, RefundService>();
}
