using AgentLint.Fixes.SharedState;
using AgentLint.Rules.SharedState;
using Xunit;

namespace AgentLint.Tests.Rules.SharedState;

/// <summary>What the fix of AGL0705 makes, and where it is not offered.</summary>
public sealed class AGL0705FixTests
{
    [Theory]
    [InlineData(
        """
        readonly ChatOptions options = new();

        public async Task AddAsync(string item)
        {
            // For this one only.
            [|options.Temperature = 0.1f|];
            this.options.TopK = 3;
            await client.GetResponseAsync(item, options);
        }
        """,
        """
        readonly ChatOptions options = new();

        public async Task AddAsync(string item)
        {
            // For this one only.
            var ownOptions = options.Clone();
            ownOptions.Temperature = 0.1f;
            ownOptions.TopK = 3;
            await client.GetResponseAsync(item, ownOptions);
        }
        """)]
    public Task Copy_for_the_call(string members, string mended) =>
        new FixTest<AGL0705_MutatedSharedOptions, AGL0705Fix_Clone>(SharedProgram.With(Store(members)), SharedProgram.With(Store(mended))) { AsksAllRules = true }.RunAsync("Change a copy");

    [Fact]
    public Task Kernel_of_a_primary_constructor()
    {
        static string Code(string code) => "using Microsoft.SemanticKernel;\n" + SharedProgram.With($$"""
            public class Store(Kernel kernel)
            {
                public async Task AddAsync(string item)
                {
                    {{code}}
                    await {{(code.Contains("own", StringComparison.Ordinal) ? "ownKernel" : "kernel")}}.InvokePromptAsync(item);
                }
            }
            """);
        var test = new FixTest<AGL0705_MutatedSharedOptions, AGL0705Fix_Clone>(
            Code("[|kernel.ImportPluginFromObject(this)|];"),
            Code("var ownKernel = kernel.Clone();\n        ownKernel.ImportPluginFromObject(this);"));
        Libraries.AddTo(test.TestState, Library.SemanticKernel);
        return test.RunAsync("Change a copy");
    }

    [Theory]
    [InlineData("readonly ChatOptions options = new(); public async Task AddAsync(string item) => [|options.Temperature = 0.1f|];")]
    public Task Not_offered_for_an_expression(string members)
    {
        var code = SharedProgram.With(Store(members));
        return new FixTest<AGL0705_MutatedSharedOptions, AGL0705Fix_Clone>(code, code).RunAsync(null);
    }

    private static string Store(string members) => $"public class Store(IChatClient client)\n{{\n    public IChatClient Client => client;\n\n    {members.Replace("\n", "\n    ", StringComparison.Ordinal).Replace("\n    \n", "\n\n", StringComparison.Ordinal)}\n}}";
}
