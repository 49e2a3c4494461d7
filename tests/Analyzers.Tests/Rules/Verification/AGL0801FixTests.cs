using AgentLint.Fixes.Verification;
using AgentLint.Rules.Verification;
using Xunit;

namespace AgentLint.Tests.Rules.Verification;

public sealed class AGL0801FixTests
{
    private const string Head = """
        using System.Data.Common;
        using System.IO;
        using System.Threading.Tasks;
        using Dapper;
        using ModelContextProtocol.Server;

        public record Filter(string Name);

        public class Tools(DbConnection database, string root)
        {

        """;

    private static Task Fixed(string before, string after, string? title) =>
        new FixTest<AGL0801_UnverifiedOutputToSink, AGL0801Fix_KeepValuesApart>(Head + before + "\n}\n", Head + after + "\n}\n").RunAsync(title);

    private static Task NotOffered(string code) => Fixed(code, code, null);

    [Fact]
    public Task Values_become_parameters() =>
        Fixed(
            "    [McpServerTool] public Task<int> Run(string name, string city) => database.ExecuteAsync([|$\"delete from notes where name = '{name}' and city = {city}\"|]);",
            "    [McpServerTool] public Task<int> Run(string name, string city) => database.ExecuteAsync(\"delete from notes where name = @name and city = @city\", new { name, city });",
            "Pass the values as parameters");

    [Fact]
    public Task Member_becomes_a_parameter() =>
        Fixed(
            "    [McpServerTool] public Task<int> Run(Filter filter) => database.ExecuteAsync(/* all */ [|$\"delete from notes where name = '{filter.Name}'\"|]);",
            "    [McpServerTool] public Task<int> Run(Filter filter) => database.ExecuteAsync(/* all */ \"delete from notes where name = @Name\", new { filter.Name });",
            "Pass the values as parameters");

    [Theory]
    [InlineData("    [McpServerTool] public Task<int> Run(string table) => database.ExecuteAsync([|$\"delete from {table}\"|]);")]
    [InlineData("    [McpServerTool] public Task<int> Run(string sql) => database.ExecuteAsync([|sql|]);")]
    [InlineData("    [McpServerTool] public Task<int> Run(string name) => database.ExecuteAsync([|$\"delete from notes where name like '%{name}%'\"|]);")]
    [InlineData("    [McpServerTool] public void Run(string path) => File.Delete([|path|]);")]
    public Task What_the_program_has_to_say_is_left_to_it(string code) => NotOffered(code);

    [Fact]
    public Task Path_keeps_its_file_name() =>
        Fixed(
            "    [McpServerTool] public void Run(string file) => File.Delete([|Path.Combine(root, file)|]);",
            "    [McpServerTool] public void Run(string file) => File.Delete(Path.Combine(root, Path.GetFileName(file)));",
            "Keep only the file name");
}
