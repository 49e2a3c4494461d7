using System.Diagnostics;
using System.Text;

namespace AgentLint.Package.Tests;

/// <summary>What a process said and how it ended.</summary>
internal sealed record CliResult(string Command, int ExitCode, string Output)
{
    public CliResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"{Command} ended with {ExitCode}:{Environment.NewLine}{Output}");
        return this;
    }
}

/// <summary>Runs <c>dotnet</c> and <c>git</c> as a user would at a prompt: nothing of the test run leaks in.</summary>
internal static class Cli
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    // What dotnet test, MSBuild and git tell their children would make these builds other builds.
    private static readonly string[] Leaks = ["MSBUILD", "VSTEST", "DOTNET_CLI", "DOTNET_HOST", "XUNIT", "COVERLET", "TESTINGPLATFORM", "GIT_"];

    // What says that a server builds: whether this one does is no matter to the tests.
    private static readonly string[] Servers = ["CI", "TF_BUILD", "GITHUB_ACTIONS", "ContinuousIntegrationBuild"];

    public static Task<CliResult> DotNetAsync(string folder, string packages, params string[] arguments) => RunAsync(DotNet(folder, packages, arguments));

    /// <summary>How <c>dotnet</c> is started.</summary>
    public static ProcessStartInfo DotNet(string folder, string packages, params string[] arguments) => AsUser(new("dotnet", arguments), folder, packages);

    /// <summary>Runs a line as a shell would, with more variables in its environment.</summary>
    public static Task<CliResult> ShellAsync(string folder, string packages, string line, params IEnumerable<(string Name, string Value)> variables)
    {
        var start = AsUser(OperatingSystem.IsWindows() ? new("cmd", ["/c", line]) : new("sh", ["-ec", line]), folder, packages);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return RunAsync(start);
    }

    private static ProcessStartInfo AsUser(ProcessStartInfo start, string folder, string packages)
    {
        start.WorkingDirectory = folder;
        start.Environment["NUGET_PACKAGES"] = packages;
        RemoveLeaks(start);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // Nodes that live on would hold files of a folder that is about to go.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return start;
    }

    /// <summary>Runs <c>git</c>.</summary>
    public static Task<CliResult> GitAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder };
        RemoveLeaks(start);
        return RunAsync(start);
    }

    private static void RemoveLeaks(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(IsLeak).ToList())
            start.Environment.Remove(name);
    }

    private static async Task<CliResult> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = new Process { StartInfo = start };
        var output = new StringBuilder();
        process.OutputDataReceived += Collect;
        process.ErrorDataReceived += Collect;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var command = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            lock (output)
                throw new TimeoutException($"{command} did not end within {Patience}:{Environment.NewLine}{output}");
        }

        lock (output)
            return new CliResult(command, process.ExitCode, output.ToString());

        void Collect(object sender, DataReceivedEventArgs line)
        {
            lock (output)
                output.AppendLine(line.Data);
        }
    }

    private static bool IsLeak(string name) => Leaks.Any(leak => name.StartsWith(leak, StringComparison.OrdinalIgnoreCase)) || Servers.Contains(name, StringComparer.OrdinalIgnoreCase);
}
