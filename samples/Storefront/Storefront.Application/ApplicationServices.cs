using Microsoft.Extensions.DependencyInjection;
using Storefront.Contracts;
using Storefront.Infrastructure;

namespace Storefront.Application;

public static class ApplicationServices
{
    public static IServiceCollection AddApplication(this IServiceCollection services) =>
        services.AddInfrastructure().AddScoped<IOrderService, OrderService>().AddScoped<IRefundService, RefundService>();
}
