using System.Text.Json;
using AgentLint.Baseline;
using AgentLint.Tasks;
using CompilerLog = AgentLint.Tasks.SarifLog;

namespace AgentLint.Package.Tests;

/// <summary>What the package's task makes of logs and baselines, without a build.</summary>
public sealed class TasksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentlint-tasks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // ---- Logs -----------------------------------------------------------------------------------------------------------

    [Fact]
    public void LogsMakeTheSameLogInEveryOrder()
    {
        var logs = new[]
        {
            Log("a", Result("AGL0601", "note", "/src/b.cs", 7), Result("AGL0206", "warning", "/src/a.cs", 3), Result("CA1822", "warning", "/src/a.cs", 3)),
            Log("b", Result("AGL0601", "error", "/src/b.cs", 7), Result("AGL0601", "warning", "/src/b.cs", 7, suppression: "inSource")),
            Log("c", Result("AGL0601", "warning", "/src/b.cs", 7), Result("AGL0101", "warning", "/src/x y/ä.cs", 1), Result("AGL9005", "note", null, 0)),
        };

        var texts = Orders(logs).Select(Merge).Distinct().ToList();

        using var merged = JsonDocument.Parse(Assert.Single(texts));
        var run = Assert.Single(merged.RootElement.GetProperty("runs").EnumerateArray());
        Assert.Equal(["AGL0101", "AGL0206", "AGL0601"], run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()));
        Assert.Equal(
            ["AGL0206 1 warning a.cs(3)", "AGL0601 2 error b.cs(7)", "AGL0101 0 warning x%20y/%C3%A4.cs(1)"],
            run.GetProperty("results").EnumerateArray().Select(result =>
            {
                var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
                return $"{result.GetProperty("ruleId")} {result.GetProperty("ruleIndex")} {result.GetProperty("level")} {place.GetProperty("artifactLocation").GetProperty("uri")}({place.GetProperty("region").GetProperty("startLine")})";
            }));
    }

    [Fact]
    public void AMergedLogMergesToItself()
    {
        var once = Merge([Log("a", Result("AGL0601", "note", "/src/b.cs", 7, "A \"quoted\"\n\\ line \u0001 😀"), Result("AGL0206", "warning", "/elsewhere/a.cs", 3, suppression: "external"))]);
        File.WriteAllText(Path.Combine(_folder, "merged.sarif"), once);

        Assert.Equal(once, Merge([Path.Combine(_folder, "merged.sarif")]));
    }

    [Fact]
    public void FingerprintsStayWhenLinesMove()
    {
        var file = Path.Combine(_folder, "Desk.cs");
        string[] lines = ["var a = model.Ask().Result;", "b();", "    var a = model.Ask().Result;", "c();", "c();"];

        var before = Fingerprints(lines, 1, 3, 4, 5);

        // Equal lines are told apart, and other lines are not alike.
        Assert.Equal(4, before.Distinct().Count());
        Assert.Equal(before[0].Split(':')[0], before[1].Split(':')[0]);
        Assert.Equal(["1", "2", "1", "2"], before.Select(print => print.Split(':')[1]));
        Assert.Equal(before, Fingerprints(["// above", "", .. lines], 3, 5, 6, 7));
        Assert.Equal(before, Fingerprints([lines[0], lines[1], "between();", .. lines[2..].Select(line => "\t" + line)], 1, 4, 5, 6));
        Assert.NotEqual(before[0], Fingerprints(["var a = model.Ask(1).Result;", .. lines[1..]], 1)[0]);

        List<string> Fingerprints(string[] code, params int[] places)
        {
            File.WriteAllLines(file, code);
            var log = Log("moved", [.. places.Select(line => Result("AGL0601", "warning", file, line, $"It waits for line {line}"))]);
            // The machine that merges logs may not have the sources.
            var merged = new MergedLog();
            merged.Add(CompilerLog.Read(log), SourceRoot.Of(_folder, _folder, _folder));
            File.WriteAllText(log, merged.ToString());
            File.Delete(file);
            var again = new MergedLog();
            again.Add(CompilerLog.Read(log), SourceRoot.Of(_folder, _folder, _folder));
            Assert.Equal(merged.ToString(), again.ToString());
            using var document = JsonDocument.Parse(again.ToString());
            return [.. document.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(result => result.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString()!)];
        }
    }

    [Fact]
    public void ALargeLogIsOneThatServicesTake()
    {
        var results = Enumerable.Range(0, 5000).Select(i => Result(new[] { "AGL0101", "AGL0206", "AGL0601" }[i % 3], i % 2 == 0 ? "warning" : "note", $"/src/File {i % 50}.cs", i + 1, $"Finding {i}")).ToArray();

        Assert.Empty(SarifShape.Faults(Merge([Log("large", results)])));
    }

    [Fact]
    public void ALogThatServicesRejectIsNoticed()
    {
        var log = Merge([Log("few", Result("AGL0601", "warning", "/src/a.cs", 3))]);

        Assert.Empty(SarifShape.Faults(log));
        Assert.Equal(["result.level"], SarifShape.Faults(log.Replace("\"level\": \"warning\",\n          \"message\"", "\"level\": \"warnings\",\n          \"message\"", StringComparison.Ordinal)));
        Assert.Equal(["region"], SarifShape.Faults(log.Replace("\"startLine\": 3", "\"startLine\": 0", StringComparison.Ordinal)));
        Assert.Equal(["result has a property 'rule'", "version"], SarifShape.Faults(log.Replace("\"2.1.0\"", "\"2.1\"", StringComparison.Ordinal).Replace("\"ruleId\"", "\"rule\": {}, \"ruleId\"", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheCompilersFirstFormatIsReadAsWell()
    {
        var path = Path.Combine(_folder, "old.json");
        File.WriteAllText(path, """
            { "$schema": "http://json.schemastore.org/sarif-1.0.0", "version": "1.0.0", "runs": [ { "tool": { "name": "Compiler" }, "results": [
              { "ruleId": "AGL0601", "level": "warning", "message": "It waits", "locations": [ { "resultFile": { "uri": "file:///src/a.cs", "region": { "startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 9 } } } ],
                "relatedLocations": [ { "physicalLocation": { "uri": "file:///src/b.cs", "region": { "startLine": 5, "startColumn": 1, "endLine": 5, "endColumn": 2 } } } ],
                "suppressionStates": [ "suppressedInSource" ], "properties": { "warningLevel": 1, "customProperties": { "AgentLintBaseline": "M:C.M 1 code" } } },
              { "ruleId": "CS0029", "level": "error", "message": "No", "locations": [] } ],
              "rules": { "AGL0601": { "id": "AGL0601", "shortDescription": "Title", "fullDescription": "More", "defaultLevel": "warning", "helpUri": "https://x", "properties": { "category": "C", "tags": [ "a", "b" ] } } } } ] }
            """);

        var log = CompilerLog.Read(path);

        var result = Assert.Single(log.Results);
        Assert.Equal(("AGL0601", "warning", "It waits", "file:///src/a.cs(3,1,3,9)", "inSource"), (result.RuleId, result.Level, result.Message, result.Place!.ToString(), result.Suppression));
        Assert.Equal("file:///src/b.cs(5,1,5,2)", Assert.Single(result.Related).ToString());
        Assert.Equal("M:C.M 1 code", result.Properties[BaselineLine.Property]);
        Assert.True(log.HasCompilerErrors);
        var rule = Assert.Single(log.Rules);
        Assert.Equal(("Title", "More", "warning", "https://x", "C"), (rule.Title, rule.Description, rule.Level, rule.Help, rule.Category));
        Assert.Equal(["a", "b"], rule.Tags);
    }

    [Theory]
    [InlineData("error", 1, "1 error, 0 warnings in 1 rule")]
    [InlineData("warning", 2, "0 errors, 2 warnings in 2 rules")]
    public void NumbersAgree(string level, int times, string line) =>
        Assert.Equal(line, Count.Of(CompilerLog.Read(Log("a", [.. Enumerable.Range(0, times).Select(i => Result($"AGL060{i}", level, "/src/a.cs", i)), Result("AGL0602", "note", "/src/a.cs", 9), Result("AGL0603", "warning", "/src/a.cs", 9, suppression: "inSource")])).Results).ToString());

    [Theory]
    [InlineData("/src/app/", "/src/app/a.cs", "a.cs")]
    [InlineData("/src/app", "/src/shared/b/a.cs", "../shared/b/a.cs")]
    [InlineData("/src/app", "/src/application/a.cs", "../application/a.cs")]
    public void RemarksHavePathsFromTheBaseline(string folder, string path, string remark) => Assert.Equal(remark, SourceRoot.FromTo(folder, path));

    [Fact]
    public void TheRootIsTheRepositoryOrWhatWasSaid()
    {
        var project = Directory.CreateDirectory(Path.Combine(_folder, "repo", "src", "App")).FullName;

        Assert.Equal("repo/src/App/a.cs", SourceRoot.Of("", project, _folder).Relative(Path.Combine(project, "a.cs")));
        Directory.CreateDirectory(Path.Combine(_folder, "repo", ".git"));
        Assert.Equal("src/App/a.cs", SourceRoot.Of("", project, _folder).Relative(Path.Combine(project, "a.cs")));
        Assert.Equal("App/a.cs", SourceRoot.Of("..", project, _folder).Relative(Path.Combine(project, "a.cs")));
        // What is not below is said in full.
        Assert.Equal("file:///elsewhere/a.cs", SourceRoot.Of("", project, _folder).UriOf("file:///elsewhere/a.cs"));
        Assert.Equal("already/relative.cs", SourceRoot.Of("", project, _folder).UriOf("already/relative.cs"));
    }

    // ---- Baselines ------------------------------------------------------------------------------------------------------

    [Fact]
    public void LinesAreInOrderWhateverTheOrderOfFindings()
    {
        Finding[] findings = [Found("AGL0601", "M:B.M", 2, "x"), Found("AGL0601", "M:B.M", 10, "x"), Found("AGL0601", "M:B.M", 1, "y"), Found("AGL0601", "M:A.M", 1, "z"), Found("AGL0101", "T:Z", 1, "a")];

        var texts = Orders(findings).Select(order => BaselineText.Renew("", order, "net10.0", ["net10.0"])).Distinct();

        Assert.Equal(
            ["AGL0101 T:Z 1 a", "AGL0601 M:A.M 1 z", "AGL0601 M:B.M 2 x", "AGL0601 M:B.M 10 x", "AGL0601 M:B.M 1 y"],
            Lines(Assert.Single(texts)));
    }

    [Fact]
    public void FrameworksMeetInOneFileInEveryOrder()
    {
        string[] all = ["net10.0", "net48"];
        (string Framework, Finding[] Findings)[] builds = [("net10.0", [Found("AGL0601", "M:A.M", 1, "both"), Found("AGL0601", "M:A.N", 1, "new")]), ("net48", [Found("AGL0601", "M:A.M", 1, "both"), Found("AGL0601", "M:A.O", 1, "old")])];

        var texts = Orders(builds).Select(order => order.Aggregate("", (text, build) => BaselineText.Renew(text, build.Findings, build.Framework, all))).Distinct();

        Assert.Equal(["AGL0601 M:A.M 1 both", "AGL0601@net10.0 M:A.N 1 new", "AGL0601@net48 M:A.O 1 old"], Lines(Assert.Single(texts)));
    }

    [Fact]
    public void AFrameworkThatIsGoneTakesItsLinesAlong()
    {
        var old = "AGL0601@net48 M:A.O 1 old\nAGL0601 M:A.M 1 both\nAGL0601@net48,net10.0 M:A.P 1 some\n<<<<<<< what is this\n";

        Assert.Equal(["AGL0601@net8.0 M:A.M 1 both"], Lines(BaselineText.Renew(old, [], "net10.0", ["net10.0", "net8.0"])));
        Assert.Empty(Lines(BaselineText.Renew(old, [], "net10.0", ["net10.0"])));
    }

    [Fact]
    public void WhatIsWrittenAgainIsTheSame()
    {
        Finding[] findings = [Found("AGL0601", "M:A.M", 1, "x"), Found("AGL0601", "M:A.M", 2, "x")];
        var once = BaselineText.Renew("", findings, "net10.0", ["net10.0"]);

        Assert.Equal(once, BaselineText.Renew(once, findings, "net10.0", ["net10.0"]));
        Assert.Equal(once, BaselineText.Renew(once.Replace("\n", "\r\n"), findings, "net10.0", ["net10.0"]));
        // A comment of somebody's stays with its line.
        var commented = once.Replace("AGL0601 M:A.M 2 x", "# Sarah takes this one.\nAGL0601 M:A.M 2 x");
        Assert.Contains("# Sarah takes this one.\n#: remark\nAGL0601 M:A.M 2 x\n", BaselineText.Renew(commented, findings, "net10.0", ["net10.0"]), StringComparison.Ordinal);
        Assert.DoesNotContain("Sarah", BaselineText.Renew(commented, findings[..1], "net10.0", ["net10.0"]), StringComparison.Ordinal);
    }

    private static Finding Found(string rule, string member, int ordinal, string code) => new(new BaselineLine(rule, [], member, ordinal, code), "remark");

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Where(line => line.Length > 0 && line[0] != '#');

    private static IEnumerable<T[]> Orders<T>(T[] items) =>
        items.Length <= 1 ? [items] : items.SelectMany((item, i) => Orders<T>([.. items[..i], .. items[(i + 1)..]]).Select(rest => (T[])[item, .. rest]));

    private static string Merge(string[] logs)
    {
        var merged = new MergedLog();
        foreach (var log in logs)
            merged.Add(CompilerLog.Read(log), SourceRoot.Of("/src", "/src", "/src"));
        return merged.ToString();
    }

    private static object Result(string rule, string level, string? file, int line, string message = "A message", string? suppression = null) => new
    {
        ruleId = rule,
        level,
        message = new { text = message },
        locations = file == null ? Array.Empty<object>() : [new { physicalLocation = new { artifactLocation = new { uri = new Uri("file://" + file).AbsoluteUri }, region = new { startLine = line, startColumn = 1, endLine = line, endColumn = 2 } } }],
        suppressions = suppression == null ? Array.Empty<object>() : [new { kind = suppression }],
    };

    private string Log(string name, params object[] results)
    {
        var path = Path.Combine(_folder, name + ".sarif");
        var rules = new[] { "AGL0206", "AGL0101", "AGL0601", "AGL0602", "CA1822" }.Select(id => new { id, shortDescription = new { text = "Title" }, fullDescription = new { text = "More" }, helpUri = "https://" + id, properties = new { category = "C", tags = new[] { "AgentLint" } } });
        File.WriteAllText(path, JsonSerializer.Serialize(new { version = "2.1.0", runs = new[] { new { tool = new { driver = new { rules } }, results } } }));
        return path;
    }
}
