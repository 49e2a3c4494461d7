using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Sharing;
using AgentLint.Analysis.Summaries;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Isolation;

/// <summary>Remote work that is started and left alone.</summary>
/// <param name="Task">The task.</param>
/// <param name="Work">The remote call that it makes; null where only what it uses is known.</param>
/// <param name="Use">What it uses that may have ended; null where it uses nothing of the kind, and its failure is lost.</param>
/// <param name="IsAcknowledged">Whether its failure is handled, but the message that asked for it, which would be delivered again,
/// counts as done before it is.</param>
internal sealed record AbandonedCall(LeftTask Task, Effect? Work, ScopedUse? Use, bool IsAcknowledged);

/// <summary>
/// Finds remote work that no code waits for and that either uses what ends before it, or fails unseen. Work that handles its failures
/// and has what it
/// needs for itself is left alone on purpose, and so is work that lasts as long as the program.
/// </summary>
internal sealed class AbandonedCalls(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    public IEnumerable<AbandonedCall> In()
    {
        var uses = new ScopedUses(model, cancellation);
        foreach (var left in LeftTasks.Of(model).In(semantics, cancellation))
        {
            // What gives back a task that has ended has left its work to other code.
            if (IsOfEnd(left.Whole) || EndedTasks.Of(model).IsCompletedTask(left.Start))
                continue;
            if (IsReplayed(left.Whole))
            {
                // An engine runs the step, whether the workflow waits for it or not, and keeps its failure for who does.
                if (model.Find(left.Start.TargetMethod, CatalogueRole.ActivityCall) != null && !left.IsObserved)
                    yield return new AbandonedCall(left, null, null, false);
                continue;
            }

            var remote = EffectSummaries.Of(model).Of(left.Start, depth, cancellation).Effects
                .Where(effect => effect.Entry.IsRemoteCall() && !EmbeddedDatabases.Serve(effect, model, cancellation)).ToList();
            var work = remote.FirstOrDefault(effect => FailsThrough(effect.Witness)) ?? remote.FirstOrDefault();
            var use = uses.In(left.Start);
            // What fails on the way is handled there, or is left alone there, and reported there.
            if (use == null && work != null && !FailsThrough(work.Witness) && !IsOfMessage(left.Whole))
                continue;
            if (work == null && !(use is { Kind: ScopeKind.Using } ? AwaitsAnything(left.Start)
                : ForeignWaits.Of(model).AreIn(left.Start, cancellation)))
                continue;
            var isHandled = left.IsObserved || OwnFailures.Of(model).AreThoughtOfBy(left.Start, cancellation);
            if (use != null || (!isHandled && !ServiceLoops.Of(model).IsRunBy(left.Start, cancellation)))
                yield return new AbandonedCall(left, work, use, false);
            else if (isHandled && work != null && IsOfMessage(left.Whole) && !ServiceLoops.Of(model).IsRunBy(left.Start, cancellation))
                yield return new AbandonedCall(left, work, null, true);
        }
    }

    // Whether a failure at the end of a way comes out at its first call: no step stands in a try that swallows it, or starts what it does not wait for.
    private bool FailsThrough(Witness way) => way.Steps.Skip(1).All(step => !SwallowingTries.StandAround(step.Site, model, cancellation) && !IsOnlyStarted(step.Site));

    private bool IsOnlyStarted(SyntaxNode place) =>
        place is InvocationExpressionSyntax { Parent: ExpressionStatementSyntax or AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax } }
        && model.SemanticsOf(place.SyntaxTree).GetTypeInfo(place, cancellation).Type.IsTask();

    private static bool AwaitsAnything(IOperation code) => code.Descendants().Any(operation => operation is IAwaitOperation);

    // A broker, or the sender of a webhook, sends again what was not answered.
    private bool IsOfMessage(SyntaxNode place) => Entrances.Of(model).At(place, cancellation).Roots.Any(root =>
        (model.RolesOf(root, cancellation) & MethodRoles.Consumer) != 0
        || ((model.RolesOf(root, cancellation) & MethodRoles.Handler) != 0 && EntryPoints.Of(model).IsWebhook(root, depth, cancellation)));

    // What is ended when its owner ends is cleaned up as well as may be.
    private bool IsOfEnd(SyntaxNode place)
    {
        for (var node = place; node != null; node = node.Parent)
            if (node is FinallyClauseSyntax or DestructorDeclarationSyntax)
                return true;
        return semantics.GetEnclosingSymbol(place.SpanStart, cancellation) is IMethodSymbol { Name: "Dispose" or "DisposeAsync" };
    }

    private bool IsReplayed(SyntaxNode place)
    {
        for (var symbol = semantics.GetEnclosingSymbol(place.SpanStart, cancellation); symbol != null; symbol = symbol.ContainingSymbol)
            if (symbol is IMethodSymbol method && (model.RolesOf(method, cancellation) & MethodRoles.Workflow) != 0)
                return true;
        return false;
    }
}
