namespace AgentLint.Docs.Tests;

public sealed class GeneratedFilesTests
{
    [Fact]
    public void NoneIsStale()
    {
        var complaints = GeneratedFiles.All(Here.Root, RuleBook.Load()).Where(file => file.IsStale).Select(file => file.Complaint);

        Assert.True(!complaints.Any(), string.Join(Environment.NewLine, complaints));
    }

    [Theory]
    [InlineData("README.md", "AgentCallCycle", "AgentCallChain")]
    [InlineData("docs/rules/README.md", "| Warning |", "| off |")]
    [InlineData("src/Package/README.md", "DeadRetry", "LiveRetry")]
    [InlineData("docs/rules/AGL0206.md", "# AGL0206: DeadRetry", "# AGL0206: LiveRetry")]
    [InlineData("docs/configuration.md", "| `8` |", "| `9` |")]
    [InlineData("src/Analyzers/AnalyzerReleases.Unshipped.md", "AGL0206", "AGL0207")]
    [InlineData("src/Package/buildTransitive/config/AgentLint.All.globalconfig", "= warning", "= error")]
    public void AStaleFileIsNamedAndRenewed(string path, string text, string spoiled)
    {
        using var repository = new TemporaryRepository();
        var original = File.ReadAllText(repository.At(path));
        Assert.Contains(text, original, StringComparison.Ordinal);
        File.WriteAllText(repository.At(path), original.Replace(text, spoiled, StringComparison.Ordinal));

        var check = repository.Run("--check");
        Assert.Equal((1, "", $"{path} is stale; renew it with: dotnet run --project tools/AgentLint.Docs{Environment.NewLine}"), check);

        Assert.Equal((0, $"Wrote {path}{Environment.NewLine}", ""), repository.Run());
        Assert.Equal(original, File.ReadAllText(repository.At(path)));
        Assert.Equal((0, "", ""), repository.Run("--check"));
    }

    [Fact]
    public void HandWrittenTextStays()
    {
        using var repository = new TemporaryRepository();
        var page = repository.At("docs/rules/AGL0206.md");
        File.WriteAllText(page, "# An old heading\n\nHand-written.\n");

        Assert.Equal(0, repository.Run().Exit);

        var text = File.ReadAllText(page);
        Assert.StartsWith("<!-- rule:begin -->\n\n# AGL0206: DeadRetry\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n<!-- rule:end -->\n\nHand-written.\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("An old heading", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherLineEndingsAreNotStale()
    {
        using var repository = new TemporaryRepository();
        var readme = repository.At("README.md");
        File.WriteAllText(readme, File.ReadAllText(readme).ReplaceLineEndings("\r\n"));

        Assert.Equal((0, "", ""), repository.Run("--check"));
    }

    [Fact]
    public void APageWithoutARuleIsAnError()
    {
        using var repository = new TemporaryRepository();
        File.WriteAllText(repository.At("docs/rules/AGL0299.md"), "");

        Assert.Equal(
            (1, "", $"docs/rules/AGL0299.md is the page of a rule that does not exist; delete it or write the rule{Environment.NewLine}"),
            repository.Run());
    }

    [Fact]
    public void MissingMarkersAreAnError()
    {
        using var repository = new TemporaryRepository();
        File.WriteAllText(repository.At("README.md"), "# AgentLint\n");

        Assert.Equal((1, "", $"README.md has no <!-- rules:begin --> … <!-- rules:end -->{Environment.NewLine}"), repository.Run());
    }
}
