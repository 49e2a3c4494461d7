using AgentLint.Analysis.Values;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Checks.Verification;

/// <summary>A tool that does what cannot be taken back, given to a model without a person's approval.</summary>
/// <param name="Site">Where it is given.</param>
/// <param name="Tool">The method.</param>
/// <param name="Write">What it does.</param>
internal sealed record DestructiveTool(SyntaxNode Site, IMethodSymbol Tool, Write Write);

/// <summary>Finds the registrations of destructive tools, by what the tools reach.</summary>
internal static class DestructiveTools
{
    /// <summary>Those of a file, in the order of the text; one for each registration.</summary>
    public static IEnumerable<DestructiveTool> In(SemanticModel semantics, AgentModel model, int depth, CancellationToken cancellation)
    {
        var approvals = ToolApprovals.Of(model);
        if (!model.RoleRegistrations(cancellation).Any(r => r.Site.SyntaxTree == semantics.SyntaxTree) || approvals.HasFilter(cancellation))
            yield break;
        foreach (var registration in model.RoleRegistrations(cancellation).Where(r => r.Site.SyntaxTree == semantics.SyntaxTree)
            .OrderBy(r => r.Site.SpanStart))
            if ((registration.Role & MethodRoles.Tool) != 0 && !IsAskedFor(registration, model, cancellation)
                && !approvals.IsApproved(registration, cancellation))
                foreach (var tool in MethodsOf(registration, model, cancellation))
                    if (DestructiveWriteOf(tool, model, depth, cancellation) is { } write)
                    {
                        yield return new DestructiveTool(registration.Site, tool, write);
                        break;
                    }
    }

    /// <summary>The first thing that a tool does and cannot take back, where it asks no person and reads nothing first that decides.</summary>
    public static Write? DestructiveWriteOf(IMethodSymbol tool, AgentModel model, int depth, CancellationToken cancellation)
    {
        if (EffectSummaries.Of(model).Of(tool, depth, cancellation).First(entry => entry.Role == CatalogueRole.HumanInput) != null)
            return null;
        return Writes.Writes.Of(model).ReachedFrom(tool, depth, cancellation)
            .FirstOrDefault(write => IsDestructive(write) && !AsksOnTheWay(write, model)
                && !StateChecks.Precede(write.Effect.Witness, model, cancellation));
    }

    /// <summary>Whether a tool does something that it cannot take back, whatever it looks at before.</summary>
    public static bool Destroys(IMethodSymbol tool, AgentModel model, int depth, CancellationToken cancellation) =>
        Writes.Writes.Of(model).ReachedFrom(tool, depth, cancellation).Any(IsDestructive);

    private static bool IsDestructive(Write write) => write.Text != null || write.Destroys
        || write.Effect.Entry["kind"] is "payment" or "mail" or "sms" or "call";

    private static bool AsksOnTheWay(Write write, AgentModel model)
    {
        var knowledge = new TaintKnowledge(model);
        return write.Effect.Witness.Steps.Any(step => step.Target is { } target && knowledge.AsksPerson(target)
            || step.Site.FirstAncestorOrSelf<CatchClauseSyntax>() != null);
    }

    // A server's tools are the client's to ask about: their hints say which.
    private static bool IsAskedFor(RoleRegistration registration, AgentModel model, CancellationToken cancellation) =>
        model.SemanticsOf(registration.Site.SyntaxTree).GetSymbolInfo(registration.Site, cancellation).Symbol is not IMethodSymbol factory
        || model.EntriesOf(factory).Any(entry => entry.Has("hinted"));

    private static IEnumerable<IMethodSymbol> MethodsOf(RoleRegistration registration, AgentModel model, CancellationToken cancellation) =>
        registration.Method is { } method
            ? [CallGraph.Of(model).Resolve(method) ?? method]
            : registration.Type?.GetMembers().OfType<IMethodSymbol>().Where(m => (model.RolesOf(m, cancellation) & MethodRoles.Tool) != 0)
                ?? [];
}
