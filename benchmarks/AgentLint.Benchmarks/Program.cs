using AgentLint.Benchmarks;

// dotnet run -c Release --project benchmarks/AgentLint.Benchmarks -- [--check | --report | arguments of BenchmarkDotNet]
return args switch
{
    ["--check"] => Check.Run(),
    ["--report"] => Report.Write(),
    _ => Report.Run(args).Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0,
};
