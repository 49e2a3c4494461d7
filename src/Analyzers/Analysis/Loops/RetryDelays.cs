using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>A retry that waits equally long in all who failed together.</summary>
/// <param name="Site">What a report points at: the call that adds the retry, or the wait in a loop.</param>
/// <param name="Owner">What messages call it.</param>
/// <param name="Backoff">How the delay grows.</param>
/// <param name="Tries">How often it is tried in all; null where that is not known.</param>
/// <param name="Settings">How a policy or strategy is set up; null for a loop.</param>
/// <param name="Delay">What computes the delay; null where a setting does.</param>
internal sealed record EqualDelay(SyntaxNode Site, string Owner, Backoff Backoff, int? Tries, RetrySettings? Settings, IOperation? Delay);

/// <summary>Finds retries whose delay leaves nothing to chance.</summary>
internal sealed class RetryDelays(AgentModel model, int depth, CancellationToken cancellation)
{
    // With one or two retries there is hardly a crowd that could come back.
    private const int FewTries = 3;

    private readonly CatalogueQuery processes = model.Query(entry => entry.Role == CatalogueRole.Effect && entry["kind"] == "process");
    private readonly CatalogueQuery spreads = model.Query(entry =>
        (entry.Role == CatalogueRole.Bulkhead && entry.Has("consumers")) || (entry.Role == CatalogueRole.Retry && entry.Has("redelivers")));

    /// <summary>The retry that a use of the catalogue adds; null where its delay varies, or is not known to be the same for all.</summary>
    public EqualDelay? At(CatalogueUse use, SemanticModel semantics)
    {
        if (use.Entry.Has("settings") || !use.Entry.Has("layer") || semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation call)
            return null;
        var settings = RetrySettings.Of(call, use.Entry, model, cancellation);
        if (settings.Tries <= FewTries || settings.Jitter != false || (use.Entry.Has("consumers") && IsSpread()))
            return null;
        var isComputed = settings.Entry.List("delay-by").Concat(settings.Entry.List("delay-in")).Any() && settings.Delay is { } delay && IsComputed(delay);
        if (isComputed ? !IsSameForAll(settings.Delay!) : settings.Backoff == Backoff.None || (settings.Backoff == Backoff.Unknown && !settings.Entry.Has("backoff")))
            return null;
        return new EqualDelay(use.Name, Witness.NameOf(call.TargetMethod), isComputed ? Backoff.Unknown : settings.Backoff, settings.Tries, settings, isComputed ? settings.Delay : null);
    }

    // A limit on the rate of messages, or a later delivery, spreads what comes back.
    private bool IsSpread() => model.Compilation.SyntaxTrees.Any(tree => spreads.In(tree, cancellation).Any());

    /// <summary>The loops of a file that retry after a delay without chance. Loops that nothing bounds have a worse fault.</summary>
    public IEnumerable<EqualDelay> In(SyntaxTree tree)
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var cycle in Cycles.Of(model).In(tree, depth, cancellation))
        {
            var tries = cycle.Attempts;
            if (cycle is not { Kind: CycleKind.Retry, Unguarded: null } || tries <= FewTries || cycle.Delays.Any(delay => delay.HasJitter) || IsOfOwnProcess(cycle))
                continue;
            var delay = cycle.FailurePaths.SelectMany(path => path.Delays).FirstOrDefault(d => d.Time != null && d.Growth is DelayGrowth.Constant or DelayGrowth.Growing);
            // Loops within each other may share a wait.
            if (delay != null && seen.Add(delay.Call.Syntax))
                yield return new EqualDelay(delay.Call.Syntax, Witness.NameOf(delay.Call.TargetMethod), delay.Growth == DelayGrowth.Constant ? Backoff.Constant : Backoff.Unknown, tries, null, delay.Time);
        }
    }

    // A type that starts a process and asks it whether it is there is its only caller.
    private bool IsOfOwnProcess(Cycle cycle) =>
        cycle.Syntax.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type
        && processes.In(cycle.Syntax.SyntaxTree, cancellation).Any(start => type.Span.Contains(start.Name.Span));

    // A delegate or a list; a single time is only the first delay.
    private static bool IsComputed(IOperation delay) =>
        delay.Type is { TypeKind: TypeKind.Delegate or TypeKind.Array or TypeKind.Interface } || delay is IAnonymousFunctionOperation or IMethodReferenceOperation or ICollectionExpressionOperation;

    /// <summary>Whether a delay is computed of nothing but the number of the attempt, as far as that can be followed.</summary>
    private bool IsSameForAll(IOperation delay)
    {
        foreach (var source in new ValueSources(model, cancellation).Of(delay))
            switch (source)
            {
                case IAnonymousFunctionOperation or IArrayCreationOperation or ICollectionExpressionOperation when IsPlain(source):
                    break;
                case IMethodReferenceOperation { Method: var method } when MethodBodies.HasSource(method, model) && MethodBodies.Of(method, model, cancellation).All(IsPlain):
                    break;
                // delays.Select(n => …), Enumerable.Range(1, 5).Select(n => …)
                case IInvocationOperation { TargetMethod.ContainingType: { Name: "Enumerable", ContainingNamespace.Name: "Linq" } } when IsPlain(source):
                    break;
                default:
                    return false;
            }

        return true;
    }

    private bool IsPlain(IOperation code)
    {
        if (EffectSummaries.Of(model).Of(code, depth, cancellation).First(entry => entry.Role == CatalogueRole.ReplayUnsafe) != null)
            return false;
        foreach (var part in code.DescendantsAndSelf())
            switch (part)
            {
                // What came back, or the exception, may say how long to wait.
                case IParameterReferenceOperation { Parameter.Type: var type } reference when !IsNumber(type) && !(reference.Parent is IPropertyReferenceOperation { Type: var member } && IsNumber(member)):
                    return false;
                case IInvocationOperation { TargetMethod: var method } when !IsArithmetic(method) && !MethodBodies.HasSource(method, model):
                    return false;
                case IFieldReferenceOperation { Field: { IsConst: false, IsReadOnly: false } }:
                    return false;
            }

        return true;
    }

    private static bool IsNumber(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Double;

    private static bool IsArithmetic(IMethodSymbol method) => method.ContainingNamespace is { Name: "System" or "Linq" or "Tasks" } space && (space.ContainingNamespace.IsGlobalNamespace || space.ToDisplayString() is "System.Linq" or "System.Threading.Tasks");
}
