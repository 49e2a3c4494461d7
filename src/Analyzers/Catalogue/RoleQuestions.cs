namespace AgentLint.Catalogue;

/// <summary>Questions about roles, in the words of the rules.</summary>
internal static class RoleQuestions
{
    /// <summary>Whether a call crosses the network.</summary>
    public static bool IsRemoteCall(this CatalogueEntry entry) => entry.Role is
        CatalogueRole.ModelCall or CatalogueRole.AgentCall or CatalogueRole.ToolCall or CatalogueRole.McpCall or CatalogueRole.HttpCall
        or CatalogueRole.MessageCall or CatalogueRole.DatabaseCall or CatalogueRole.StorageCall;

    /// <summary>Whether a call asks a model or an agent and can be awaited. A tool counts where it may be a prompt.</summary>
    public static bool AsksModelOrAgent(this CatalogueEntry entry) =>
        (entry.Role is CatalogueRole.ModelCall or CatalogueRole.AgentCall || (entry.Role == CatalogueRole.ToolCall && entry.Has("asks-model")))
        && !entry.Has("blocking");

    /// <summary>Whether what is called answers, as a model or an agent does: an embedding or a picture is no answer.</summary>
    public static bool Answers(this CatalogueEntry entry) =>
        entry.Role == CatalogueRole.AgentCall || (entry.Role == CatalogueRole.ModelCall && !entry.Has("converts"));

    /// <summary>What a remote call is called in messages.</summary>
    public static string Noun(this CatalogueEntry entry) => entry is { Role: CatalogueRole.MessageCall } && entry.Has("connects") ? "connection" : entry.Role switch
    {
        CatalogueRole.ModelCall => "model call",
        CatalogueRole.AgentCall => "agent call",
        CatalogueRole.ToolCall => "tool call",
        CatalogueRole.McpCall => "MCP call",
        CatalogueRole.HttpCall => "HTTP call",
        CatalogueRole.MessageCall => "message",
        CatalogueRole.DatabaseCall => "database call",
        CatalogueRole.StorageCall => "storage call",
        _ => "call",
    };
}
