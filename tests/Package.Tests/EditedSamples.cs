namespace AgentLint.Package.Tests;

[CollectionDefinition(nameof(EditedSamples))]
public sealed class SamplesCollection : ICollectionFixture<EditedSamples>;

/// <summary>The samples with the package, in one solution that nothing has built, opened by a language server. Their files stay as they are.</summary>
public sealed class EditedSamples(PackedPackage package) : IAsyncLifetime
{
    private SampleCopy? _copy;
    private LanguageServer? _server;
    private IReadOnlyDictionary<string, IReadOnlyList<EditorDiagnostic>>? _diagnostics;

    internal SampleCopy Copy => _copy!;

    internal LanguageServer Server => _server!;

    /// <summary>What the server reports in all projects, as they are on disk.</summary>
    internal async Task<IReadOnlyDictionary<string, IReadOnlyList<EditorDiagnostic>>> DiagnosticsAsync() => _diagnostics ??= await Server.DiagnosticsOfAllAsync();

    /// <summary>A sample in a folder of its own, to be changed and built at will.</summary>
    internal Task<SampleCopy> CopyAsync(string sample) => SampleCopy.CreateAsync(package, sample);

    public async ValueTask InitializeAsync()
    {
        _copy = await SampleCopy.CreateAsync(package, "SupportDesk", "Storefront");
        _server = await LanguageServer.StartAsync(_copy.Root);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _copy?.Dispose();
    }
}
