using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace AgentLint.Tests.Repository;

/// <summary>One property says where AgentLint lives: rules, pages, the site, the samples and the package's files say the same.</summary>
public sealed partial class RepositoryAddressTests
{
    private static readonly string Address = XDocument.Load(Path.Combine(Checkout.Root, "Directory.Build.props")).Descendants("AgentLintRepository").Single().Value;

    [Fact]
    public void Constant_is_the_property() => Assert.Equal(RepositoryAddress.Value, Address);

    [Fact]
    public void All_addresses_are_the_property()
    {
        var found = (from folder in new[] { "docs", "src", "samples", "tools" }
                     from file in Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*", SearchOption.AllDirectories)
                     select file)
            .Concat(Directory.EnumerateFiles(Checkout.Root, "*.md"))
            .Where(file => Path.GetExtension(file) is ".md" or ".cs" or ".csproj" or ".props" or ".targets" or ".yml" or ".html" or ".js" or ".json")
            .Where(file => !OfBuild().IsMatch(Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/')))
            .SelectMany(file => Addresses().Matches(File.ReadAllText(file)).Select(match => (File: Path.GetRelativePath(Checkout.Root, file), Address: match.Value)))
            .ToList();

        Assert.True(found.Count > 100, $"Only {found.Count} addresses were found");
        Assert.DoesNotContain(found, one => one.Address != Address);
    }

    [GeneratedRegex(@"https://github\.com/[\w-]+/AgentLint\b", RegexOptions.CultureInvariant)]
    private static partial Regex Addresses();

    [GeneratedRegex("(^|/)(bin|obj)/", RegexOptions.CultureInvariant)]
    private static partial Regex OfBuild();
}
