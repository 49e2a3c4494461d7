using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Retries;

/// <summary>Why another attempt ends as the last one did.</summary>
internal enum Permanence
{
    /// <summary>The exception says so: a wrong argument, a missing right.</summary>
    Exception,

    /// <summary>The status says so.</summary>
    Status,

    /// <summary>The code of the attempt checks its input, and throws.</summary>
    OwnCheck,

    /// <summary>Nobody wants the result any more.</summary>
    Canceled,

    /// <summary>The same text is read again.</summary>
    SameText,

    /// <summary>Whatever status came is tried again: nothing looks at it.</summary>
    AnyStatus,
}

/// <summary>A failure that is tried again although no attempt can mend it.</summary>
/// <param name="Why">Why not.</param>
/// <param name="What">The failure, in a message.</param>
/// <param name="Call">The work that is done again, in a message.</param>
/// <param name="Site">What a report marks.</param>
/// <param name="Path">From the work to what is remote.</param>
internal sealed record PermanentFailure(Permanence Why, string What, string Call, Location Site, IEnumerable<Location> Path)
{
    /// <summary>The exception that the attempt itself throws; null where it does not.</summary>
    public INamedTypeSymbol? Exception { get; init; }
}

/// <summary>Finds, in hand-written retries, the failures that should not be retried. Only what the code names is taken for evidence.</summary>
internal sealed class PermanentFailures(AgentModel model, SemanticModel semantics, CancellationToken cancellation)
{
    private static readonly (int Status, string Name)[] Refusals = [(400, "400 Bad Request"), (401, "401 Unauthorized"), (403, "403 Forbidden"), (404, "404 Not Found"), (422, "422 Unprocessable Content")];
    private static readonly int[] Passing = [408, 429, 500, 502, 503, 504];

    /// <summary>The failures of a file, one for each handler or condition, in the order of the text.</summary>
    public IEnumerable<PermanentFailure> In(int depth)
    {
        var hasty = new HastyRetries(model, semantics, cancellation);
        var done = new HashSet<Cycle>();
        foreach (var failed in FailedAttempt.In(semantics, model, depth, cancellation))
        {
            if (done.Add(failed.Cycle) && StatusOf(failed) is { } status)
                yield return status;
            if (failed.Handler is not { } handler)
                continue;
            if (ExceptionOf(failed) is { } named)
                yield return Made(failed, Permanence.Exception, named);
            else if (OwnCheckOf(failed, handler) is { } check)
                yield return Made(failed, Permanence.OwnCheck, $"'{check.Name}' from its own check") with { Exception = check };
            // A wait with the token would end it as well: that is what the other rule asks for.
            else if (IsCanceled(failed, handler) && !hasty.NeedsWait(failed))
                yield return Made(failed, Permanence.Canceled, "a cancellation");
            // At the attempt: whether it is bounded, and whether it waits, are other questions about the same handler.
            else if (TakesAnyStatus(failed, handler))
                yield return Made(failed, Permanence.AnyStatus, "any failed status, including 400 Bad Request and 401 Unauthorized") with { Site = ((TryStatementSyntax)handler.Parent!).TryKeyword.GetLocation() };
        }
    }

    private static PermanentFailure Made(FailedAttempt failed, Permanence why, string what) =>
        new(why, what, failed.Call.Describe(), failed.Site, failed.Call.Path?.Locations ?? []);

    private string? ExceptionOf(FailedAttempt failed) => failed.Is("permanent", model) ? $"'{failed.Caught!.Name}'" : null;

    // ---- what the attempt itself throws ---------------------------------------------------------------------------------

    private INamedTypeSymbol? OwnCheckOf(FailedAttempt failed, CatchClauseSyntax handler)
    {
        if (handler.Parent is not TryStatementSyntax attempt)
            return null;
        foreach (var node in attempt.Block.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or TryStatementSyntax)))
        {
            // What is thrown after the work may be about what came back.
            if (node.SpanStart >= failed.Call.Call.Syntax.SpanStart)
                break;
            if (ThrownBy(node) is { } thrown
                && model.EntriesOf(thrown).Any(entry => entry.Role == CatalogueRole.Failure && entry["kind"] == "permanent")
                && IsFirstToCatch(attempt, handler, thrown))
                return thrown;
        }

        return null;
    }

    // throw new ArgumentException(…); ArgumentNullException.ThrowIfNull(…);
    private INamedTypeSymbol? ThrownBy(SyntaxNode node) => node switch
    {
        ThrowStatementSyntax { Expression: BaseObjectCreationExpressionSyntax created } => semantics.GetTypeInfo(created, cancellation).Type as INamedTypeSymbol,
        ThrowExpressionSyntax { Expression: BaseObjectCreationExpressionSyntax created } => semantics.GetTypeInfo(created, cancellation).Type as INamedTypeSymbol,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax } call when semantics.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { IsStatic: true, ReturnsVoid: true } check => check.ContainingType,
        _ => null,
    };

    private bool IsFirstToCatch(TryStatementSyntax attempt, CatchClauseSyntax handler, INamedTypeSymbol thrown)
    {
        var conditions = new Conditions(model, semantics, new Situation(Exception: thrown), cancellation);
        foreach (var clause in attempt.Catches)
        {
            var catches = conditions.Catches(clause);
            if (clause == handler)
                return catches != false;
            if (catches != false)
                return false;
        }

        return false;
    }

    // ---- cancellation ---------------------------------------------------------------------------------------------------

    private bool IsCanceled(FailedAttempt failed, CatchClauseSyntax handler) =>
        handler.Parent is TryStatementSyntax attempt
        && PassesOuterToken(failed, attempt)
        && ExceptionTypes.Canceled(model) is { } canceled
        && MayCatch(attempt, handler, canceled)
        && !ListensElsewhere(failed, handler, attempt);

    private bool MayCatch(TryStatementSyntax attempt, CatchClauseSyntax handler, INamedTypeSymbol canceled)
    {
        var conditions = new Conditions(model, semantics, new Situation(Exception: canceled), cancellation);
        return attempt.Catches.TakeWhile(clause => clause != handler).All(clause => conditions.Catches(clause) != true) && conditions.Catches(handler) != false;
    }

    // A token of the attempt itself is its time limit: that it ends is a reason for another attempt.
    private bool PassesOuterToken(FailedAttempt failed, TryStatementSyntax attempt) =>
        failed.Cycle.Calls.Any(call => call.IsProven && attempt.Block.Span.Contains(call.Call.Syntax.Span) && call.Call.Arguments.Any(argument => argument.ArgumentKind != ArgumentKind.DefaultValue && IsOuterToken(argument.Value, failed.Cycle)));

    private static bool IsOuterToken(IOperation value, Cycle cycle) => CancellationTokens.IsToken(value.Type) && value.Unwrap() switch
    {
        IParameterReferenceOperation parameter => cycle.Shape != CycleShape.Loop || !IsWithin(parameter.Parameter, cycle.Syntax),
        ILocalReferenceOperation local => !IsWithin(local.Local, cycle.Syntax),
        IFieldReferenceOperation { Field.IsStatic: false } => true,
        IPropertyReferenceOperation { Property.IsStatic: false, Instance: { } owner } => owner.Unwrap() is not ILocalReferenceOperation { Local: var local } || !IsWithin(local, cycle.Syntax),
        _ => false,
    };

    private static bool IsWithin(ISymbol variable, SyntaxNode region) => variable.DeclaringSyntaxReferences.Any(declaration => region.Span.Contains(declaration.Span));

    // Anything between the failure and the next attempt that ends with the token, or asks it.
    private bool ListensElsewhere(FailedAttempt failed, CatchClauseSyntax handler, TryStatementSyntax attempt)
    {
        SyntaxNode region = failed.Cycle.Shape == CycleShape.Loop ? failed.Cycle.Syntax : failed.Cycle.Function;
        foreach (var node in region.DescendantNodes(n => n != attempt.Block && (n is not CatchClauseSyntax other || other == handler)))
            switch (node)
            {
                case SimpleNameSyntax { Identifier.ValueText: "IsCancellationRequested" or "ThrowIfCancellationRequested" }:
                    return true;
                case InvocationExpressionSyntax call when !failed.Cycle.Syntax.Span.Contains(call.Span) || failed.Cycle.Shape == CycleShape.Loop:
                    if (semantics.GetOperation(call, cancellation) is IInvocationOperation { Arguments: var arguments }
                        && arguments.Any(a => a.ArgumentKind != ArgumentKind.DefaultValue && CancellationTokens.IsToken(a.Value.Type) && a.Value.Unwrap() is not (IDefaultValueOperation or IPropertyReferenceOperation { Property.IsStatic: true })))
                        return true;
                    break;
                case ThrowStatementSyntax when handler.Block.Span.Contains(node.Span):
                    return true;
            }

        return false;
    }

    // ---- any status ------------------------------------------------------------------------------------------------------

    // Once more is a choice.
    private const int FewTries = 2;

    // The attempt throws what a server refuses, and neither the handler nor anything else in the loop asks what it was.
    private bool TakesAnyStatus(FailedAttempt failed, CatchClauseSyntax handler) =>
        (failed.Cycle.Attempts ?? int.MaxValue) > FewTries
        && handler.Parent is TryStatementSyntax { Catches: var handlers } attempt
        && handlers.All(other => other == handler || IsOfCancellation(other))
        && (failed.TakesAll || (handler.Filter == null || !Mentions(handler.Filter, handler)) && CarriesStatus(failed.Caught))
        && ThrowsStatus(failed, attempt)
        && !StatusPaths.StatusesIn(StatusPaths.RegionOf(failed.Cycle), model, semantics, cancellation).Any()
        && !IsLookedAt(handler);

    private bool IsOfCancellation(CatchClauseSyntax handler) =>
        handler.Declaration is { } declaration && ExceptionTypes.IsCancellation(semantics.GetTypeInfo(declaration.Type, cancellation).Type, model);

    private bool CarriesStatus(INamedTypeSymbol? caught)
    {
        for (var type = caught; type is { SpecialType: SpecialType.None }; type = type.BaseType)
            if (type.GetMembers().Any(member => member is IPropertySymbol && model.Find(member, CatalogueRole.StatusCode) != null))
                return true;
        return false;
    }

    // A client of HTTP throws for a status where it is told to, or gives back the text alone; an SDK throws what is no success.
    private bool ThrowsStatus(FailedAttempt failed, TryStatementSyntax attempt) => failed.Call.Entry?.Role switch
    {
        CatalogueRole.ModelCall or CatalogueRole.AgentCall => true,
        CatalogueRole.HttpCall => failed.Call.Path is { } path
            && (!IsResponse(path.Target.ReturnType)
                || path.Steps.Select(step => step.Site).Append(attempt.Block).Any(site =>
                    (site == attempt.Block ? site : site.FirstAncestorOrSelf<MemberDeclarationSyntax>())?.DescendantNodes()
                        .Any(node => node is IdentifierNameSyntax { Identifier.ValueText: nameof(System.Net.Http.HttpResponseMessage.EnsureSuccessStatusCode) }) == true)),
        _ => false,
    };

    private static bool IsResponse(ITypeSymbol type) => (type is INamedTypeSymbol { TypeArguments: { Length: 1 } of } ? of[0] : type).Name == nameof(System.Net.Http.HttpResponseMessage);

    // if (e is …), IsTransient(e): what decides there may look at the status. A log only takes note.
    private bool IsLookedAt(CatchClauseSyntax handler) =>
        handler.Declaration?.Identifier is { RawKind: (int)SyntaxKind.IdentifierToken } caught
        && handler.Block.DescendantNodes().Any(node => node is IdentifierNameSyntax name && name.Identifier.ValueText == caught.ValueText
            && name.Ancestors().TakeWhile(around => around != handler.Block).Any(around => around is IfStatementSyntax { Condition: var condition } && condition.Span.Contains(name.Span)
                || around is SwitchStatementSyntax or SwitchExpressionSyntax or ConditionalExpressionSyntax
                || around is InvocationExpressionSyntax call && semantics.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ReturnsVoid: false } asked && model.Declares(asked)));

    private static bool Mentions(SyntaxNode code, CatchClauseSyntax handler) =>
        handler.Declaration?.Identifier is { RawKind: (int)SyntaxKind.IdentifierToken } caught
        && code.DescendantNodes().Any(node => node is IdentifierNameSyntax name && name.Identifier.ValueText == caught.ValueText);

    // ---- statuses -------------------------------------------------------------------------------------------------------

    private PermanentFailure? StatusOf(FailedAttempt failed)
    {
        var cycle = failed.Cycle;
        if (StatusPaths.Of(cycle, failed.Call, model, semantics, cancellation) is not { } again)
            return null;
        var refused = Refusals.Select(refusal => (refusal.Name, refusal.Status, Test: again.TestBefore(refusal.Status))).Where(r => r.Test != null).ToList();
        // A refusal alone is answered by a new token, a missing thing alone by waiting until it is there.
        if (refused.Count == 0 || (refused.Count == 1 && refused[0].Status is 401 or 404 && (Renews(cycle) || !Passing.Any(again.IsTriedAgain))))
            return null;
        return new PermanentFailure(Permanence.Status, refused[0].Name, failed.Call.Describe(), refused[0].Test!.GetLocation(), failed.Call.Path?.Locations ?? []);
    }

    private static bool Renews(Cycle cycle) => cycle.Calls.Select(call => call.Call.TargetMethod.OriginalDefinition).Distinct<ISymbol>(SymbolEqualityComparer.Default).Count() > 1;
}
