using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentLint.Package.Tests;

/// <summary>
/// A language server as an editor runs it: a process of its own that speaks JSON-RPC over its standard streams. It is <c>csharp-ls</c>, with the setting that makes it run the analyzers of packages.
/// </summary>
/// <remarks>Diagnostics are pulled: an answer belongs to its request, so nothing here waits for time to pass. The limit is a guard against a server that hangs.</remarks>
internal sealed class LanguageServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> _requests = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly StringBuilder _log = new();
    private readonly Task _reading;
    private int _lastId;

    private LanguageServer(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Starts a server on the solution in a folder.</summary>
    public static async Task<LanguageServer> StartAsync(string folder)
    {
        var start = Cli.DotNet(Repository.Root, Repository.MachinePackages, "exec", Repository.LanguageServer);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var server = new LanguageServer(new Process { StartInfo = start });
        try
        {
            await server.InitializeAsync(folder);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the server has used of all processors so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Opens a file in the editor, with the text that it has on disk.</summary>
    public async Task<EditedFile> OpenAsync(string path)
    {
        var file = new EditedFile(this, path, await File.ReadAllTextAsync(path));
        await NotifyAsync("textDocument/didOpen", new JsonObject
        {
            ["textDocument"] = new JsonObject { ["uri"] = file.Uri, ["languageId"] = "csharp", ["version"] = file.Version, ["text"] = file.Text },
        });
        return file;
    }

    /// <summary>What the server reports in all projects: by file, in the order of lines.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<EditorDiagnostic>>> DiagnosticsOfAllAsync()
    {
        var answer = await RequestAsync("workspace/diagnostic", new JsonObject { ["previousResultIds"] = new JsonArray() });
        return answer!["items"]!.AsArray().GroupBy(report => new Uri(report!["uri"]!.GetValue<string>()).LocalPath).ToDictionary(
            reports => reports.Key,
            reports => EditorDiagnostic.ListOf(reports.SelectMany(report => report!["items"]!.AsArray())));
    }

    public async Task<JsonNode?> RequestAsync(string method, JsonNode? parameters)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests[id] = answer;
        await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters });
        try
        {
            return await answer.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The language server did not answer {method} within {Patience}:{Environment.NewLine}{LogText()}");
        }
        finally
        {
            _requests.TryRemove(id, out _);
        }
    }

    public Task NotifyAsync(string method, JsonNode? parameters) =>
        SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters });

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                await RequestAsync("shutdown", null).WaitAsync(TimeSpan.FromSeconds(20));
                await NotifyAsync("exit", null);
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            }
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or InvalidOperationException)
        {
            // It is ended below.
        }

        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _reading;
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task InitializeAsync(string folder)
    {
        var uri = new Uri(folder).AbsoluteUri;
        await RequestAsync("initialize", new JsonObject
        {
            ["processId"] = Environment.ProcessId,
            ["rootUri"] = uri,
            ["workspaceFolders"] = new JsonArray(new JsonObject { ["uri"] = uri, ["name"] = "samples" }),
            ["capabilities"] = new JsonObject
            {
                ["workspace"] = new JsonObject { ["configuration"] = true, ["workspaceFolders"] = true },
                ["textDocument"] = new JsonObject
                {
                    ["diagnostic"] = new JsonObject(),
                    ["codeAction"] = new JsonObject { ["codeActionLiteralSupport"] = new JsonObject { ["codeActionKind"] = new JsonObject { ["valueSet"] = new JsonArray() } } },
                },
            },
        });
        await NotifyAsync("initialized", new JsonObject());
    }

    private async Task SendAsync(JsonObject message)
    {
        var body = Encoding.UTF8.GetBytes(message.ToJsonString());
        var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n"));
        await _writing.WaitAsync();
        try
        {
            var stream = _process.StandardInput.BaseStream;
            await stream.WriteAsync(header);
            await stream.WriteAsync(body);
            await stream.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        var stream = new BufferedStream(_process.StandardOutput.BaseStream);
        try
        {
            while (await ReadMessageAsync(stream) is { } message)
                await HandleAsync(message);
        }
        catch (Exception exception) when (exception is IOException or JsonException or FormatException or ObjectDisposedException)
        {
            Log(exception.ToString());
        }

        foreach (var request in _requests.Values)
            request.TrySetException(new IOException("The language server has ended:" + Environment.NewLine + LogText()));
    }

    private static async Task<JsonNode?> ReadMessageAsync(Stream stream)
    {
        var length = 0;
        while (true)
        {
            var line = new StringBuilder();
            var next = new byte[1];
            while (line is not [.., '\n'])
            {
                if (await stream.ReadAsync(next) == 0)
                    return null;
                line.Append((char)next[0]);
            }

            var header = line.ToString().Trim();
            if (header.Length == 0)
                break;
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(header.AsSpan("Content-Length:".Length), CultureInfo.InvariantCulture);
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        return JsonNode.Parse(body);
    }

    private async Task HandleAsync(JsonNode message)
    {
        var id = message["id"];
        if (message["method"] is { } method)
        {
            if (id is not null)
                await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone(), ["result"] = Answer(method.GetValue<string>(), message["params"]) });
            else if (method.GetValue<string>() is "window/logMessage" or "window/showMessage")
                Log(message["params"]?["message"]?.GetValue<string>());
        }
        else if (id is not null && _requests.TryGetValue(id.GetValue<int>(), out var request))
        {
            if (message["error"] is { } error)
                request.TrySetException(new InvalidOperationException($"{error.ToJsonString()}{Environment.NewLine}{LogText()}"));
            else
                request.TrySetResult(message["result"]);
        }
    }

    // What an editor is asked: its settings, and leave to register or to show progress.
    private static JsonNode? Answer(string method, JsonNode? parameters) => method == "workspace/configuration"
        ? new JsonArray([.. parameters!["items"]!.AsArray().Select(item => item!["section"]?.GetValue<string>() == "csharp" ? new JsonObject { ["analyzersEnabled"] = true } : null)])
        : null;

    private void Log(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }

    private string LogText()
    {
        lock (_log)
            return _log.ToString();
    }
}

/// <summary>A diagnostic as an editor shows it. Severities: 1 error, 2 warning, 3 information, 4 hint.</summary>
internal sealed record EditorDiagnostic(string Code, int Severity, int Line, string Message, string? Link, JsonNode Range)
{
    public static IReadOnlyList<EditorDiagnostic> ListOf(IEnumerable<JsonNode?> items) =>
    [
        .. items.Select(item => new EditorDiagnostic(
                item!["code"]!.ToString(),
                item["severity"]!.GetValue<int>(),
                item["range"]!["start"]!["line"]!.GetValue<int>() + 1,
                item["message"]!.GetValue<string>(),
                item["codeDescription"]?["href"]?.GetValue<string>(),
                item["range"]!.DeepClone()))
            .OrderBy(diagnostic => diagnostic.Line).ThenBy(diagnostic => diagnostic.Range["start"]!["character"]!.GetValue<int>())
            .ThenBy(diagnostic => diagnostic.Code, StringComparer.Ordinal),
    ];
}

/// <summary>A file that is open in an editor; the text on disk stays as it is.</summary>
internal sealed class EditedFile(LanguageServer server, string path, string text) : IAsyncDisposable
{
    public string Uri { get; } = new Uri(path).AbsoluteUri;

    public string Text { get; private set; } = text;

    public int Version { get; private set; } = 1;

    public Task ReplaceAsync(string old, string with)
    {
        var start = Text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(start >= 0, $"'{old}' is not in {Uri}");
        return ReplaceAsync(start, old.Length, with);
    }

    public async Task ReplaceAsync(int start, int length, string with)
    {
        var range = new JsonObject { ["start"] = PositionOf(start), ["end"] = PositionOf(start + length) };
        Text = Text.Remove(start, length).Insert(start, with);
        Version++;
        await server.NotifyAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = new JsonObject { ["uri"] = Uri, ["version"] = Version },
            ["contentChanges"] = new JsonArray(new JsonObject { ["range"] = range, ["text"] = with }),
        });
    }

    /// <summary>All that the server reports in the file as it is now.</summary>
    public async Task<IReadOnlyList<EditorDiagnostic>> DiagnosticsAsync()
    {
        var answer = await server.RequestAsync("textDocument/diagnostic", new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = Uri } });
        return EditorDiagnostic.ListOf(answer!["items"]!.AsArray());
    }

    /// <summary>What the server offers to do at a diagnostic, by title.</summary>
    public async Task<IReadOnlyDictionary<string, JsonNode>> ActionsAsync(EditorDiagnostic diagnostic)
    {
        var answer = await server.RequestAsync("textDocument/codeAction", new JsonObject
        {
            ["textDocument"] = new JsonObject { ["uri"] = Uri },
            ["range"] = diagnostic.Range.DeepClone(),
            ["context"] = new JsonObject { ["diagnostics"] = new JsonArray() },
        });
        return (answer?.AsArray() ?? []).GroupBy(action => action!["title"]!.GetValue<string>()).ToDictionary(actions => actions.Key, actions => actions.First()!);
    }

    /// <summary>Does what an action says, in this file.</summary>
    public async Task ApplyAsync(JsonNode action)
    {
        var edits = action["edit"]!["documentChanges"]!.AsArray().Single(change => change!["textDocument"]!["uri"]!.GetValue<string>() == Uri)!["edits"]!.AsArray();
        // From the end, so that the places of the others stay what they are.
        foreach (var edit in edits.OrderByDescending(edit => OffsetOf(edit!["range"]!["start"]!)).ToList())
        {
            var start = OffsetOf(edit!["range"]!["start"]!);
            await ReplaceAsync(start, OffsetOf(edit["range"]!["end"]!) - start, edit["newText"]!.GetValue<string>());
        }
    }

    /// <summary>Closes the file: the server has it as it is on disk again.</summary>
    public async ValueTask DisposeAsync() => await server.NotifyAsync("textDocument/didClose", new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = Uri } });

    public string TextAt(EditorDiagnostic diagnostic) => Text[OffsetOf(diagnostic.Range["start"]!)..OffsetOf(diagnostic.Range["end"]!)];

    private JsonObject PositionOf(int offset)
    {
        var before = Text[..offset];
        return new JsonObject { ["line"] = before.Count(character => character == '\n'), ["character"] = offset - (before.LastIndexOf('\n') + 1) };
    }

    private int OffsetOf(JsonNode position)
    {
        var offset = 0;
        for (var line = position["line"]!.GetValue<int>(); line > 0; line--)
            offset = Text.IndexOf('\n', offset) + 1;
        return offset + position["character"]!.GetValue<int>();
    }
}
