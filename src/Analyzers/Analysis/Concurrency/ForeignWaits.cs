using AgentLint.Analysis.Calls;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>
/// Whether code waits for what another project, or a library that the catalogue does not know, does: it may fail, and it may be remote.
/// What the platform
/// itself does is known not to be.
/// </summary>
internal sealed class ForeignWaits(AgentModel model)
{
    public static ForeignWaits Of(AgentModel model) => model.Shared(m => new ForeignWaits(m));

    /// <summary>Whether some code, or what it calls in this project, awaits such a call.</summary>
    public bool AreIn(IOperation code, CancellationToken cancellation) =>
        ReachedCode.Has(code, operation => operation is IForEachLoopOperation { IsAsynchronous: true } loop ? IsForeign(loop.Collection)
            : operation is IAwaitOperation await && IsForeign(await.Operation), model, cancellation);

    private bool IsForeign(IOperation awaited) =>
        awaited.UnwrapAwaitable() is IInvocationOperation { TargetMethod: var method }
        // A delegate from elsewhere may do anything.
        && (method.MethodKind == MethodKind.DelegateInvoke
            || (!model.Declares(method) && model.EntriesOf(method).IsEmpty && !IsOfPlatform(method.ContainingAssembly?.Name)));

    private static bool IsOfPlatform(string? assembly) =>
        assembly == null || assembly is "mscorlib" or "netstandard" || assembly.StartsWith("System.", StringComparison.Ordinal)
            || assembly.StartsWith("Microsoft.", StringComparison.Ordinal);
}
