using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Loader;
using AgentLint.Fixes.Verification;
using AgentLint.Rules.Verification;
using AgentLint.Tests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

/// <summary>
/// Programs that are compiled and run with a model that has been led astray: before the mend it gets its way and AGL0801 reports it, after it neither.
/// </summary>
public sealed class LedAstrayTests : IDisposable
{
    private const string Head = """
        using System;
        using System.Data.Common;
        using System.Diagnostics;
        using System.IO;
        using System.Net.Http;
        using System.Threading.Tasks;
        using Dapper;
        using Microsoft.Extensions.AI;

        public class Work(IChatClient client, DbConnection database, HttpClient http, string root)
        {
            private async Task<string> Ask() => (await client.GetResponseAsync("?")).Text;

            public async Task<object?> Run()
            {
                var answer = await Ask();

        """;

    private readonly string root = Directory.CreateTempSubdirectory("led-astray").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Sql()
    {
        const string Before = "        return await database.ExecuteAsync([|$\"delete from notes where name = '{answer}'\"|]);";
        const string After = "        return await database.ExecuteAsync(\"delete from notes where name = @answer\", new { answer });";
        const string Answer = "x'; drop table notes; --";
        await FixedAsync(Before, After);

        var before = await RunAsync(Before, Answer);
        var after = await RunAsync(After, Answer);

        Assert.Contains("drop table", Assert.Single(before.Statements), StringComparison.Ordinal);
        Assert.DoesNotContain("drop table", Assert.Single(after.Statements), StringComparison.Ordinal);
        Assert.Equal([Answer], after.Values);
        Assert.Equal((true, false), (before.IsReported, after.IsReported));
    }

    [Fact]
    public async Task Path()
    {
        const string Before = "        File.WriteAllText([|System.IO.Path.Combine(root, \"notes\", answer)|], \"led\"); return null;";
        const string After = "        File.WriteAllText(System.IO.Path.Combine(root, \"notes\", System.IO.Path.GetFileName(answer)), \"led\"); return null;";
        Directory.CreateDirectory(System.IO.Path.Combine(root, "notes"));
        await FixedAsync(Before, After);

        var before = await RunAsync(Before, "../settings.json");
        Assert.True(File.Exists(System.IO.Path.Combine(root, "settings.json")));
        File.Delete(System.IO.Path.Combine(root, "settings.json"));
        var after = await RunAsync(After, "../settings.json");

        Assert.False(File.Exists(System.IO.Path.Combine(root, "settings.json")));
        Assert.Equal((true, false), (before.IsReported, after.IsReported));
    }

    [Fact]
    public async Task Shell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no /bin/sh");
        const string Start = "        using var process = Process.Start({0})!; await process.WaitForExitAsync(); return null;";
        var before = await RunAsync(
            string.Format(null, Start, "new ProcessStartInfo(\"/bin/sh\", [|$\"-c \\\"touch {answer}\\\"\"|]) { WorkingDirectory = root }"), "note; touch stolen");
        Assert.True(File.Exists(System.IO.Path.Combine(root, "stolen")));
        File.Delete(System.IO.Path.Combine(root, "stolen"));

        var after = await RunAsync(
            string.Format(null, Start, "new ProcessStartInfo(\"/usr/bin/env\") { WorkingDirectory = root, ArgumentList = { \"touch\", \"--\", answer } }"), "note; touch stolen");

        Assert.False(File.Exists(System.IO.Path.Combine(root, "stolen")));
        Assert.Equal((true, false), (before.IsReported, after.IsReported));
    }

    [Fact]
    public async Task Address()
    {
        const string Before = "        return await http.GetStringAsync([|answer|]);";
        const string After = "        return new Uri(answer).Host == \"docs.example.com\" ? await http.GetStringAsync(answer) : null;";

        var before = await RunAsync(Before, "http://169.254.169.254/metadata");
        var after = await RunAsync(After, "http://169.254.169.254/metadata");
        var harmless = await RunAsync(After, "https://docs.example.com/page");

        Assert.Equal(["169.254.169.254"], before.Hosts);
        Assert.Empty(after.Hosts);
        Assert.Equal(["docs.example.com"], harmless.Hosts);
        Assert.Equal((true, false), (before.IsReported, after.IsReported));
    }

    private static Task FixedAsync(string before, string after) =>
        new FixTest<AGL0801_UnverifiedOutputToSink, AGL0801Fix_KeepValuesApart>(Head + before + "\n    }\n}\n", Head + after + "\n    }\n}\n").RunAsync(null);

    private async Task<Outcome> RunAsync(string body, string answer)
    {
        var code = Head + body.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal) + "\n    }\n}\n";
        var compilation = CSharpCompilation.Create(
            "Work",
            [CSharpSyntaxTree.ParseText(code, SupportDesk.ParseOptions, "Work.cs", cancellationToken: Cancellation)],
            SupportDesk.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image, cancellationToken: Cancellation).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        var reports = await AllRules.ReportsInAsync(compilation);
        var database = new RecordingConnection();
        var network = new RecordingNetwork();
        var type = new AssemblyLoadContext(null).LoadFromStream(image).GetType("Work")!;
        await (Task)type.GetMethod("Run")!.Invoke(Activator.CreateInstance(type, new ScriptedModel(answer), database, new HttpClient(network), root), [])!;
        return new Outcome(database.Statements, database.Values, network.Hosts, reports.Any(report => report.Id == "AGL0801"));
    }

    private sealed record Outcome(List<string> Statements, List<object?> Values, List<string> Hosts, bool IsReported);

    private sealed class ScriptedModel(string answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer)));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class RecordingNetwork : HttpMessageHandler
    {
        public List<string> Hosts { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Hosts.Add(request.RequestUri!.Host);
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent("") });
        }
    }

    private sealed class RecordingConnection : DbConnection
    {
        public List<string> Statements { get; } = [];

        public List<object?> Values { get; } = [];

        [AllowNull]
        public override string ConnectionString { get; set; } = "";

        public override string Database => "";

        public override string DataSource => "";

        public override string ServerVersion => "";

        public override ConnectionState State => ConnectionState.Open;

        public override void ChangeDatabase(string databaseName)
        {
        }

        public override void Close()
        {
        }

        public override void Open()
        {
        }

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => new RecordingCommand(this);
    }

    private sealed class RecordingCommand(RecordingConnection connection) : DbCommand
    {
        private readonly Parameters parameters = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override int ExecuteNonQuery()
        {
            connection.Statements.Add(CommandText);
            connection.Values.AddRange(parameters.All.Select(parameter => parameter.Value));
            return 0;
        }

        public override object? ExecuteScalar() => ExecuteNonQuery();

        public override void Prepare()
        {
        }

        protected override DbParameter CreateDbParameter() => new Parameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();
    }

    private sealed class Parameter : DbParameter
    {
        public override DbType DbType { get; set; }

        public override ParameterDirection Direction { get; set; }

        public override bool IsNullable { get; set; }

        [AllowNull]
        public override string ParameterName { get; set; } = "";

        public override int Size { get; set; }

        [AllowNull]
        public override string SourceColumn { get; set; } = "";

        public override bool SourceColumnNullMapping { get; set; }

        public override object? Value { get; set; }

        public override void ResetDbType()
        {
        }
    }

    private sealed class Parameters : DbParameterCollection
    {
        public List<DbParameter> All { get; } = [];

        public override int Count => All.Count;

        public override object SyncRoot => All;

        public override int Add(object value)
        {
            All.Add((DbParameter)value);
            return All.Count - 1;
        }

        public override void AddRange(Array values) => All.AddRange(values.Cast<DbParameter>());

        public override void Clear() => All.Clear();

        public override bool Contains(object value) => All.Contains((DbParameter)value);

        public override bool Contains(string value) => IndexOf(value) >= 0;

        public override void CopyTo(Array array, int index) => throw new NotSupportedException();

        public override System.Collections.IEnumerator GetEnumerator() => All.GetEnumerator();

        public override int IndexOf(object value) => All.IndexOf((DbParameter)value);

        public override int IndexOf(string parameterName) => All.FindIndex(parameter => parameter.ParameterName == parameterName);

        public override void Insert(int index, object value) => All.Insert(index, (DbParameter)value);

        public override void Remove(object value) => All.Remove((DbParameter)value);

        public override void RemoveAt(int index) => All.RemoveAt(index);

        public override void RemoveAt(string parameterName) => All.RemoveAt(IndexOf(parameterName));

        protected override DbParameter GetParameter(int index) => All[index];

        protected override DbParameter GetParameter(string parameterName) => All[IndexOf(parameterName)];

        protected override void SetParameter(int index, DbParameter value) => All[index] = value;

        protected override void SetParameter(string parameterName, DbParameter value) => All[IndexOf(parameterName)] = value;
    }
}
