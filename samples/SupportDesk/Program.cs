using MassTransit;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;
using OpenAI.Chat;
using SupportDesk;
using SupportDesk.Agents;
using SupportDesk.BackOffice;
using SupportDesk.Knowledge;
using SupportDesk.Mail;
using SupportDesk.Models;
using SupportDesk.Telemetry;
using SupportDesk.Tickets;
using SupportDesk.Tools;
using SupportDesk.Workflows;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
builder.Services.Configure<DeskOptions>(builder.Configuration.GetSection("Desk"));

using var tracing = DeskTelemetry.StartTracing();
using var metrics = DeskTelemetry.StartMetrics();

builder.Services.AddSingleton(services =>
{
    var desk = services.GetRequiredService<IOptions<DeskOptions>>().Value;
    return new ChatClient(desk.Model, desk.ApiKey);
});
builder.Services.AddSingleton<IChatClient>(services => new OpenAIChatClient(services.GetRequiredService<ChatClient>()));
builder.Services.AddSingleton(new ChatOptions { Temperature = 0.3f });
builder.Services.AddSingleton(services =>
{
    var desk = services.GetRequiredService<IOptions<DeskOptions>>().Value;
    return McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions { Endpoint = desk.DocsServerUrl }))
        .GetAwaiter().GetResult();
});

builder.Services.AddTransient<RetryHandler>();
builder.Services.AddHttpClient("articles", http => http.Timeout = Timeout.InfiniteTimeSpan);
builder.Services
    .AddHttpClient<BackOfficeClient>((services, http) =>
        http.BaseAddress = services.GetRequiredService<IOptions<DeskOptions>>().Value.BackOfficeUrl)
    .AddHttpMessageHandler<RetryHandler>();
builder.Services.AddHttpClient<MailGateway>((services, http) =>
    http.BaseAddress = services.GetRequiredService<IOptions<DeskOptions>>().Value.MailUrl);

builder.Services.AddSingleton<RefundService>();
builder.Services.AddSingleton<ShipmentTracker>();
builder.Services.AddSingleton<KnowledgeBase>();
builder.Services.AddSingleton<TicketStore>();
builder.Services.AddSingleton<TicketIntake>();
builder.Services.AddHostedService(services => services.GetRequiredService<TicketIntake>());
builder.Services.AddScoped<AuditTrail>();

builder.Services.AddSingleton<SubjectLineWriter>();
builder.Services.AddSingleton<RemoteToolCatalog>();
builder.Services.AddSingleton<ToolLoop>();
builder.Services.AddSingleton<TriageAgent>();
builder.Services.AddSingleton<CriticAgent>();
builder.Services.AddSingleton<WriterAgent>();
builder.Services.AddSingleton<ResearchAgent>();
builder.Services.AddSingleton<BillingAgent>();
builder.Services.AddSingleton<DeskToolbox>();
builder.Services.AddSingleton<ConciergeAgent>();
builder.Services.AddSingleton<OrderTools>();
builder.Services.AddSingleton<RefundTools>();
builder.Services.AddSingleton<TicketTools>();

builder.Services.AddMassTransit(bus =>
{
    bus.AddConsumer<SurveyConsumer>();
    bus.AddConsumer<ArchiveConsumer>();
    bus.UsingInMemory((context, transport) =>
    {
        transport.UseMessageRetry(retry => retry.Immediate(5));
        transport.ConfigureEndpoints(context);
    });
});

// The backend of the durable tasks is a process of its own: they run where one is configured.
if (builder.Configuration["Desk:DurableTasksUrl"] is { Length: > 0 } backend)
{
    builder.Services.AddDurableTaskWorker(worker => worker
        .AddTasks(tasks => tasks
            .AddOrchestrator<LostParcelOrchestrator>()
            .AddOrchestrator<LateParcelOrchestrator>()
            .AddActivity<AskCarrierActivity>()
            .AddActivity<SendAgainActivity>()
            .AddActivity<MakeGoodActivity>())
        .UseGrpc(backend));
}

builder.Services
    .AddMcpServer()
    .WithStdioServerTransport()
    .WithTools<OrderTools>()
    .WithTools<RefundTools>()
    .WithTools<MailTools>()
    .WithTools<TicketTools>()
    .WithTools<KnowledgeTools>()
    .WithTools<ConciergeTools>();

await builder.Build().RunAsync();
