using System.Collections.Immutable;

namespace AgentLint.Catalogue;

/// <summary>What a sink does with what it is given.</summary>
internal enum SinkKind
{
    Sql,
    Process,
    Script,
    Path,
    Address,
    Markup,
    Store,
    Parse,
    Telemetry,
}

/// <summary>What is done with the file that a path names.</summary>
internal enum PathAccess
{
    None,
    Read,
    Write,
    Delete,
}

/// <summary>A line about a sink.</summary>
/// <param name="Kind">What is done with the value.</param>
/// <param name="Parameters">The parameters that take it; empty where all do, or where the member itself is set.</param>
/// <param name="Access">What is done with the file that a path names.</param>
/// <param name="IsArgument">Whether it is an argument of a program by itself, which only a command interpreter takes for commands.</param>
/// <param name="IsIndexed">Whether it is one part of what the member gives, by its number, that may not be there.</param>
internal sealed record SinkFacts(SinkKind Kind, ImmutableArray<string> Parameters, PathAccess Access, bool IsArgument, bool IsIndexed)
{
    public static SinkFacts? Of(CatalogueEntry entry) =>
        entry.Role == CatalogueRole.Sink && Enum.TryParse<SinkKind>(entry["kind"], ignoreCase: true, out var kind)
            ? new SinkFacts(kind, entry.List("parameter"), Enum.TryParse<PathAccess>(entry["access"], ignoreCase: true, out var access)
                ? access : PathAccess.None, entry.Has("argument"), entry.Has("indexed"))
            : null;
}
