using System.Reflection;
using System.Runtime.Loader;
using AgentLint.Tests.Editing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.AI;
using Xunit;

namespace AgentLint.Tests;

/// <summary>A program of a test, compiled and loaded, so that it can be run before and after a fix.</summary>
internal static class RunnableProgram
{
    /// <summary>The static method <c>Run</c> of the program's class <c>Work</c>.</summary>
    public static TRun Run<TRun>(string code, params IReadOnlyList<Library> libraries)
        where TRun : Delegate => Load(code, libraries).GetType("Work", throwOnError: true)!.GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<TRun>();

    /// <summary>The program, whose <c>Task.Delay</c> and <c>Random.Shared</c> are those of <see cref="TestClock"/>.</summary>
    public static string WithTestClock(string code) => code
        .Replace("Random.Shared", typeof(TestClock).FullName + ".Chance", StringComparison.Ordinal)
        .Replace("Task.Delay(", typeof(TestClock).FullName + ".Delay(", StringComparison.Ordinal);

    /// <summary>The program, loaded beside the libraries that the tests themselves refer to; of those that they do not, the files are given.</summary>
    public static Assembly Load(string code, IReadOnlyList<Library> libraries, params IEnumerable<string> files)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var compilation = CSharpCompilation.Create(
            "Work",
            [CSharpSyntaxTree.ParseText(code.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal), cancellationToken: cancellation)],
            [.. Libraries.Framework, .. Libraries.With(libraries), MetadataReference.CreateFromFile(typeof(TestClock).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image, cancellationToken: cancellation).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        image.Position = 0;
        var context = new AssemblyLoadContext(null);
        foreach (var file in files)
            context.LoadFromAssemblyPath(libraries.SelectMany(library => library.References).First(reference => Path.GetFileName(reference.FilePath) == file).FilePath!);
        return context.LoadFromStream(image);
    }
}

/// <summary>A model of a test: it counts how often it is asked.</summary>
internal sealed class CountingModel(Func<IReadOnlyList<ChatMessage>, ChatOptions?, CancellationToken, Task<ChatResponse>> answer) : IChatClient
{
    private int asked;

    public CountingModel(Func<string, Task<string>> answer)
        : this(async (messages, _, _) => new ChatResponse(new ChatMessage(ChatRole.Assistant, await answer(string.Join("; ", messages.Select(message => message.Text))))))
    {
    }

    public int Asked => asked;

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref asked);
        return answer([.. messages], options, cancellationToken);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}

/// <summary>A server of a test, in this process: it counts how often it is asked.</summary>
internal sealed class CountingServer : HttpMessageHandler
{
    private readonly Func<int, HttpResponseMessage> answer;

    /// <param name="answer">The answer to a request, by its number, counted from one.</param>
    public CountingServer(Func<int, HttpResponseMessage> answer)
    {
        this.answer = answer;
        Client = new HttpClient(this) { BaseAddress = new Uri("http://shop.test/") };
    }

    public HttpClient Client { get; }

    public int Asked { get; private set; }

    /// <summary>A server that fails a number of times and then gives a text.</summary>
    public static CountingServer FailingFirst(int failures, string text = "answer") => new(number => number <= failures ? new(System.Net.HttpStatusCode.ServiceUnavailable) { Content = new StringContent("down") } : new() { Content = new StringContent(text) });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(answer(++Asked));
    }
}
