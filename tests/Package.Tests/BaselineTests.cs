using System.Text.RegularExpressions;

namespace AgentLint.Package.Tests;

/// <summary>A project that adopts AgentLint with what it has: written down once, silent from then on, and new faults are reported.</summary>
[Collection(nameof(BuiltConsumers))]
public sealed partial class BaselineTests(BuiltConsumers consumers)
{
    private const string Baseline = "AgentLint.baseline.txt";

    private const string Desk = """
        using System.Diagnostics.CodeAnalysis;
        using Microsoft.Extensions.AI;

        namespace Shared;

        public sealed partial class Desk(IChatClient client)
        {
            public async Task<string> Answer(string question)
            {
                await Task.Yield();
                Thread.Sleep(1);
                Thread.Sleep(1);
                return client.GetResponseAsync(question).Result.Text;
            }

        #if NETSTANDARD
            public async Task<string> Old(string question)
            {
                await Task.Yield();
                return client.GetResponseAsync("Old: " + question).Result.Text;
            }
        #endif

            [SuppressMessage("AgentLint.Coupling", "AGL0601:BlockingAgentCall", Justification = "The test says so")]
            public async Task<string> Accepted(string question)
            {
                await Task.Yield();
                return client.GetResponseAsync("Accepted: " + question).Result.Text;
            }
        }

        """;

    private const string Written = """
        # AgentLint leaves the findings below alone: they were there when this file was written. A new one is reported, and so is a line whose finding is gone.
        # Lines are: rule, member, which of the member's equal lines, code. Renew them with: dotnet build -p:AgentLintBaseline=write

        #: ../Shared/Faults.cs: 'ResiliencePipeline.Execute' returns as soon as its delegate returns a task: a failure after the first await (IChatClient.GetResponseAsync) is never retried; 'ExecuteAsync' awaits it
        AGL0206 M:Shared.Faults.Proven(System.String) 1 await pipeline.Execute(async() => await client.GetResponseAsync(question));

        #: Desk.cs: 'Desk.Answer' blocks its thread with 'Thread.Sleep' instead of awaiting 'Task.Delay'
        AGL0601 M:Shared.Desk.Answer(System.String) 1 Thread.Sleep(1);

        #: Desk.cs: 'Desk.Answer' blocks its thread with 'Thread.Sleep' instead of awaiting 'Task.Delay'
        AGL0601 M:Shared.Desk.Answer(System.String) 2 Thread.Sleep(1);

        #: Desk.cs: 'Desk.Answer' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it
        AGL0601 M:Shared.Desk.Answer(System.String) 1 return client.GetResponseAsync(question).Result.Text;

        #: Desk.cs: 'Desk.Old' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it
        AGL0601@netstandard2.0 M:Shared.Desk.Old(System.String) 1 return client.GetResponseAsync("Old: " + question).Result.Text;

        #: ../Shared/Faults.cs: 'Faults.Suspected' blocks its thread with 'Result' for the model call 'IChatClient.GetResponseAsync' instead of awaiting it
        AGL0601 M:Shared.Faults.Suspected(System.String) 1 client.GetResponseAsync(question).Result;

        """;

    [Fact]
    public async Task ATeamLivesWithWhatItHas()
    {
        // Several target frameworks, a path with blanks, warnings that are errors, and suggestions too.
        using var copy = await consumers.CopyAsync("MultiTarget", "A desk (50%)");
        copy.Write("Desk.cs", Desk);
        copy.Write(".editorconfig", "[*.cs]\ndotnet_diagnostic.AGL0601.severity = error\n");
        copy.Replace("MultiTarget.csproj", "<TargetFramework />", "<WarningsAsErrors>nullable;AGL0206</WarningsAsErrors><TargetFramework />");
        const string Strict = "-p:TreatWarningsAsErrors=true";
        Assert.NotEqual(0, (await copy.BuildAsync(Strict, "-f", "net10.0")).ExitCode);

        // Written, whatever fails otherwise.
        Assert.Empty(Reports((await copy.BuildAsync("-m", Strict, "-warnaserror", "-warnasmessage:NU1603", "-p:AgentLintBaseline=write")).Succeeded()));
        Assert.Equal(Written.ReplaceLineEndings("\n"), copy.Read(Baseline));

        // Silent, for each framework.
        Assert.Empty(Reports((await copy.BuildAsync("-m", Strict)).Succeeded()));

        // Code that moves stays listed: lines inside of a file, a member to another file.
        var old = OldMember.Match(copy.Read("Desk.cs")).Value;
        copy.Replace("Desk.cs", old, "");
        copy.Replace("Desk.cs", "        await Task.Yield();\n        Thread", "        await Task.Yield();\n\n        // A comment.\n        Thread");
        copy.Write("Parts/Desk.Old.cs", "using Microsoft.Extensions.AI;\n\nnamespace Shared;\n\npublic sealed partial class Desk\n{\n" + old + "}\n");
        // One of two equal lines goes, one finding is mended, one is new. The suppressed one was never listed.
        copy.Replace("Desk.cs", "        Thread.Sleep(1);\n        Thread.Sleep(1);", "        Thread.Sleep(1);");
        copy.Replace("Desk.cs", "return client.GetResponseAsync(question).Result.Text;\n    }\n", "return (await client.GetResponseAsync(question)).Text;\n    }\n\n    public async Task<string> Also(string question)\n    {\n        await Task.Yield();\n        return client.GetResponseAsync(question).Result.Text;\n    }\n");
        var failed = await copy.BuildAsync("-m");
        Assert.NotEqual(0, failed.ExitCode);
        Assert.DoesNotContain("error CS", failed.Output, StringComparison.Ordinal);
        Assert.Equal(["A desk (50%)/AgentLint.baseline.txt(11,1): warning AGL9006", "A desk (50%)/AgentLint.baseline.txt(14,1): warning AGL9006", "A desk (50%)/Desk.cs(20,50): error AGL0601"], Reports(failed));

        // Written again: only what changed, and comments of the reviewer's stay.
        copy.Replace(Baseline, "#: ../Shared/Faults.cs: 'Faults.", "# Sarah takes this one.\n#: ../Shared/Faults.cs: 'Faults.");
        (await copy.BuildAsync("-m", "-warnaserror:AGL0206,AGL0601", "-p:AgentLintBaseline=write")).Succeeded();
        var again = copy.Read(Baseline);
        Assert.Equal(
            Written.ReplaceLineEndings("\n")
                .Replace("#: Desk.cs: 'Desk.Answer' blocks its thread with 'Thread.Sleep' instead of awaiting 'Task.Delay'\nAGL0601 M:Shared.Desk.Answer(System.String) 2 Thread.Sleep(1);\n\n", "", StringComparison.Ordinal)
                .Replace("'Desk.Answer' blocks its thread with 'Result'", "'Desk.Also' blocks its thread with 'Result'", StringComparison.Ordinal)
                .Replace("AGL0601 M:Shared.Desk.Answer(System.String) 1 return", "AGL0601 M:Shared.Desk.Also(System.String) 1 return", StringComparison.Ordinal)
                .Replace("#: Desk.cs: 'Desk.Old'", "#: Parts/Desk.Old.cs: 'Desk.Old'", StringComparison.Ordinal)
                .Replace("#: ../Shared/Faults.cs: 'Faults.", "# Sarah takes this one.\n#: ../Shared/Faults.cs: 'Faults.", StringComparison.Ordinal)
                .Split("\n\n").Order(StringComparer.Ordinal),
            again.Split("\n\n").Order(StringComparer.Ordinal));

        // One framework alone, its compiler with nothing to do: the same bytes, and the other's lines stay.
        File.SetLastWriteTimeUtc(copy.At(Baseline), DateTime.UnixEpoch);
        (await copy.BuildAsync("-f", "net10.0", "-p:AgentLintBaseline=write")).Succeeded();
        Assert.Equal(again, copy.Read(Baseline));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(copy.At(Baseline)));

        // What does not compile writes nothing.
        copy.Write("Broken.cs", "class Broken { int M() => \"\"; }");
        Assert.Contains("does not compile", (await copy.BuildAsync("-f", "net10.0", "-p:AgentLintBaseline=write")).Output, StringComparison.Ordinal);
        Assert.Equal(again, copy.Read(Baseline));
    }

    // As paths from the copy's root, each once: a framework a report.
    private static IEnumerable<string> Reports(CliResult build) =>
        Report.Matches(build.Output).Select(match => match.Value.TrimStart('/')).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"(?<=agentlint-copy-\w+/).*?: (warning|error) AGL\d{4}")]
    private static partial Regex Report { get; }

    [GeneratedRegex("#if NETSTANDARD.*?#endif\n", RegexOptions.Singleline)]
    private static partial Regex OldMember { get; }
}
