using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>A file of one name for all calls, which each of them writes.</summary>
/// <param name="Path">The name.</param>
/// <param name="Site">The call that writes it.</param>
/// <param name="Entrance">From where that is reached.</param>
internal sealed record FixedFile(string Path, SyntaxNode Site, Entrance Entrance);

/// <summary>Finds files that several calls write at once because their name is a constant.</summary>
internal static class FixedFiles
{
    /// <summary>Whether the catalogue speaks of a call that writes a whole file.</summary>
    public static bool Writes(CatalogueEntry entry) => entry.Role == CatalogueRole.Effect && entry["kind"] == "file";

    /// <summary>The file that a call writes under a constant name, where others can do so at the same time; null where that is not so.</summary>
    public static FixedFile? At(IOperation? use, AgentModel model, CancellationToken cancellation)
    {
        if (use is not IInvocationOperation call || model.Find(call.TargetMethod, CatalogueRole.Sink) is not { } sink || sink["kind"] != "path")
            return null;
        var name = call.Arguments.FirstOrDefault(argument => argument.Parameter is { } parameter && sink.List("parameter").Contains(parameter.Name))?.Value.Unwrap();
        // A name alone says nothing: what is written has to be one call's own.
        if (name?.ConstantValue is not { HasValue: true, Value: string path } || !call.Arguments.Any(argument => argument.Value.Unwrap() != name && argument.Value.Unwrap() is { ConstantValue.HasValue: false }))
            return null;
        var entrance = Entrances.Of(model).At(call.Syntax, cancellation);
        return !entrance.Roots.IsEmpty && LockSets.Of(model).HeldAt(call.Syntax, cancellation).IsEmpty ? new FixedFile(path, call.Syntax, entrance) : null;
    }
}
