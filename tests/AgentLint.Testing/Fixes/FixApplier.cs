using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing;

/// <summary>Applies actions, and demands that each changes something and leaves trees that are what their text says.</summary>
sealed class FixApplier(CodeActionValidationMode validationMode)
{
    /// <summary>The solution after the action. Its trees are parsed from text, as they are in an editor.</summary>
    public async Task<Solution> ApplyAsync(CodeAction action, Solution before, IVerifier verifier, CancellationToken cancellationToken)
    {
        var operations = await Guard.RunAsync(
            $"'{action.Title}' was applied",
            () => action.GetOperationsAsync(before, NoProgress.Instance, cancellationToken),
            verifier,
            cancellationToken);
        var changes = operations.OfType<ApplyChangesOperation>().ToArray();
        verifier.True(changes.Length == 1, $"'{action.Title}' should make one change of the solution, but makes {changes.Length}.");

        var after = changes[0].ChangedSolution;
        var changed = false;
        foreach (var project in after.GetChanges(before).GetProjectChanges())
        {
            changed |= HasOtherChanges(project);
            foreach (var id in project.GetChangedDocuments().Concat(project.GetAddedDocuments()))
            {
                var document = after.GetDocument(id)!;
                var text = await document.GetTextAsync(cancellationToken);
                changed |= before.GetDocument(id) is not { } old || !text.ContentEquals(await old.GetTextAsync(cancellationToken));

                await StructureCheck.VerifyAsync(document, validationMode, verifier.PushContext($"the tree that '{action.Title}' built"), cancellationToken);
                after = after.WithDocumentText(id, SourceText.From(text.ToString(), text.Encoding, text.ChecksumAlgorithm));
            }
        }

        verifier.True(changed, $"'{action.Title}' changes nothing.");
        return after;
    }

    static bool HasOtherChanges(ProjectChanges project) =>
        project.GetRemovedDocuments()
            .Concat(project.GetAddedAdditionalDocuments())
            .Concat(project.GetChangedAdditionalDocuments())
            .Concat(project.GetRemovedAdditionalDocuments())
            .Concat(project.GetAddedAnalyzerConfigDocuments())
            .Concat(project.GetChangedAnalyzerConfigDocuments())
            .Concat(project.GetRemovedAnalyzerConfigDocuments())
            .Any();

    sealed class NoProgress : IProgress<CodeAnalysisProgress>
    {
        public static NoProgress Instance { get; } = new();

        public void Report(CodeAnalysisProgress value)
        {
        }
    }
}
