using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentLint.Testing.Tests;

public sealed class LibraryTests
{
    public static TheoryData<string> Names { get; } = [.. Properties().Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Library_is_restored_and_complete(string name)
    {
        var library = (Library)Properties().Single(property => property.Name == name).GetValue(null)!;
        var compilation = CSharpCompilation.Create("Lookup", [], [.. Libraries.Framework, .. library.References], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken));
        Assert.NotNull(library.Namespace.Split('.').Aggregate((INamespaceSymbol?)compilation.GlobalNamespace, (outer, part) => outer?.GetNamespaceMembers().FirstOrDefault(inner => inner.Name == part)));
        Assert.Equal(library.References.DistinctBy(reference => Path.GetFileName(reference.FilePath)), library.References);
        Assert.Equal(library.References, library.References);
    }

    [Fact]
    public void Library_that_code_imports_or_names_is_found() =>
        Assert.Equal([Library.Temporal, Library.Stripe], Library.UsedBy("using Temporalio.Workflows;\n\nclass C { Stripe.ChargeService service; }"));

    private static IEnumerable<PropertyInfo> Properties() => typeof(Library).GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.PropertyType == typeof(Library));
}
