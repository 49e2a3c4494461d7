namespace AgentLint.Tests.Rules.SharedState;

/// <summary>A server with one tool and one store for all calls, whose class is a test's own.</summary>
internal static class SharedProgram
{
    public static string With(string store, string registrations = "services.AddSingleton<Store>();") => $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using Microsoft.Extensions.DependencyInjection;
        using ModelContextProtocol.Server;

        {{store}}

        [McpServerToolType]
        public class Tools(Store store)
        {
            [McpServerTool] public async Task Add(string item) => await store.AddAsync(item);
        }

        static class Setup { static void Add(IServiceCollection services) { {{registrations}} } }

        """;

    /// <summary>The same, as it is after a fix that imports a namespace.</summary>
    public static string Importing(string space, string store) =>
        With(store).Replace("using System.Collections.Generic;", space.CompareTo("System.Collections.Generic", StringComparison.Ordinal) < 0 ? $"using {space};\nusing System.Collections.Generic;" : $"using System.Collections.Generic;\nusing {space};", StringComparison.Ordinal);
}
