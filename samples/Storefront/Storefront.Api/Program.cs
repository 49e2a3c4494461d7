using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Storefront.Api;
using Storefront.Application;
using Storefront.Infrastructure;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddApplication().AddInfrastructure();
builder.Services.AddSingleton<RefundDesk>();
builder.Services.AddMcpServer().WithStdioServerTransport().WithTools<OrderTools>().WithTools<MailTools>();
await builder.Build().RunAsync();
