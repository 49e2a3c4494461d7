using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>A write that a function reaches, and what it does.</summary>
/// <param name="Effect">The call, and the way there.</param>
/// <param name="Changes">It leaves the world different: no read could.</param>
/// <param name="Repeats">Made again, it acts again.</param>
/// <param name="Destroys">It removes what was there.</param>
/// <param name="Text">The parameter of the first function that is run as a program's or a database's text; null where there is none.</param>
/// <param name="MayAsk">It is a request whose answer is read, so that it may be a question.</param>
internal sealed record Write(Effect Effect, bool Changes, bool Repeats, bool Destroys, IParameterSymbol? Text, bool MayAsk = false)
{
    /// <summary>Whether only the type of the answer speaks for a request that does something.</summary>
    public bool IsLikely { get; init; }

    /// <summary>Whether it goes to a server on this machine.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The member that is changed relative to what it was; null where there is none.</summary>
    public string? Relative { get; init; }

    /// <summary>The name under which something is sent that is a new one in each run; null where there is none.</summary>
    public string? FreshId { get; init; }

    /// <summary>Whether what is there is replaced, where the API does not say whether something was there.</summary>
    public bool Replaces { get; init; }
}

/// <summary>Classifies the writes that functions reach. What is not shown by the code is left out.</summary>
internal sealed class Writes(AgentModel model)
{
    private readonly EffectSummaries summaries = EffectSummaries.Of(model);

    public static Writes Of(AgentModel model) => model.Shared(m => new Writes(m));

    /// <summary>The writes that a function reaches, nearest first. What may be a question is left out.</summary>
    public IEnumerable<Write> ReachedFrom(IMethodSymbol root, int depth, CancellationToken cancellation) =>
        from effect in summaries.Of(root, depth, cancellation).Effects
        where effect.Entry.Role == CatalogueRole.Effect && !effect.Entry.Has("retried")
        let write = Classify(effect, root, cancellation)
        where write is { MayAsk: false }
        select write;

    /// <summary>What a write does; null where it is none, or the source does not show it.</summary>
    public Write? Classify(Effect effect, IMethodSymbol root, CancellationToken cancellation) => Classify(effect, root, isDropped: false, cancellation);

    /// <summary>What a write does where nothing is done with its answer, if it has one.</summary>
    public Write? ClassifyIfDropped(Effect effect, IMethodSymbol root, CancellationToken cancellation) => Classify(effect, root, isDropped: true, cancellation);

    /// <summary>Whether a call may leave the world different: it does, or it is a POST with a body, of which nothing shows that it only asks.</summary>
    public bool MayChange(Effect effect, IMethodSymbol root, CancellationToken cancellation)
    {
        if (Classify(effect, root, cancellation) is { } write)
            return write.Changes;
        if (effect is not { Entry: var entry, Witness: { Beyond: null } path } || entry["kind"] != "http" || OperationOf(effect, cancellation) is not IInvocationOperation call)
            return false;
        var request = new HttpRequest(call, path, model, cancellation);
        return request.Verb(entry) == "POST" && request.HasBody(entry)
            && RequestPurposes.Of(model).Of(request, path, isDropped: false, cancellation) == RequestPurpose.Unknown;
    }

    private Write? Classify(Effect effect, IMethodSymbol root, bool isDropped, CancellationToken cancellation)
    {
        if (effect.Witness.Beyond is { Fact: var fact })
            return Published(effect, fact, isDropped, cancellation);
        var entries = model.EntriesOf(effect.Witness.Target);
        // To ask a model or an agent is to read, whatever is kept of the question.
        if (!effect.Entry.Has("retried") && entries.Any(e => e.Role is CatalogueRole.ModelCall or CatalogueRole.AgentCall or CatalogueRole.ToolCall))
            return null;
        switch (effect.Entry["kind"])
        {
            case "sql":
                return ClassifySql(effect, root, cancellation);
            case "http":
                return ClassifyHttp(effect, isDropped, cancellation);
            case "process":
                return TextBehind(effect, entries, root, "process", out var isLookedAt, cancellation) is { } command && !isLookedAt ? new Write(effect, false, false, false, command) : null;
            case "insert" when effect.Entry["class"] == "conditional" && !entries.Any(e => e.IsRemoteCall()):
                // DbSet.Add: what is saved is written.
                return null;
        }

        // Files of its own are a program's own business; those that the caller names are not.
        var overwrites = false;
        if (entries.Any(e => e.Role == CatalogueRole.Sink && e["kind"] == "path"))
        {
            var isNamed = TextBehind(effect, entries, root, "path", out var isChecked, cancellation) != null;
            // A name that was looked at may still be that of something that is there.
            overwrites = isNamed && effect.Entry.Has("overwrites") && !StateChecks.AskWhatWrites(effect.Witness, model, cancellation);
            if (!isNamed || isChecked)
                return overwrites ? new Write(effect, false, false, true, null) : null;
        }

        if (effect.Entry.IsOfBaseLibrary && !entries.Any(e => e.IsRemoteCall() || e.Role == CatalogueRole.Sink))
            return null;
        var relative = RelativeChanges.Of(model).In(effect, cancellation);
        return new Write(effect, true, effect.Entry["class"] == "non-idempotent" || relative != null, overwrites || effect.Entry["kind"] == "delete", null) { Relative = relative };
    }

    // What the project that it is made in has found out. What an answer that is given back says of the request is found out here.
    private Write? Published(Effect effect, ReachedFact fact, bool isDropped, CancellationToken cancellation)
    {
        var mayAsk = fact.Is(ReachedTraits.MayAsk);
        if (fact.Is(ReachedTraits.Open))
            if (isDropped || !Answers.Of(effect.Witness, model, cancellation).IsUsed)
                mayAsk = false;
            else if (!mayAsk && !(fact.Is(ReachedTraits.Unnamed) && RequestPurposes.Of(model).VerbAround(effect.Witness, cancellation) == true))
                return null;
            else
                mayAsk = true;
        return fact.Is(ReachedTraits.Changes | ReachedTraits.Destroys)
            ? new Write(effect, fact.Is(ReachedTraits.Changes), fact.Is(ReachedTraits.Repeats), fact.Is(ReachedTraits.Destroys), null, mayAsk)
            {
                IsLikely = mayAsk && fact.Is(ReachedTraits.Likely),
                IsLocal = fact.Is(ReachedTraits.Local),
                Replaces = fact.Is(ReachedTraits.Replaces),
                Relative = fact.Relative,
                FreshId = fact.FreshId,
            }
            : null;
    }

    private Write? ClassifySql(Effect effect, IMethodSymbol root, CancellationToken cancellation)
    {
        if (OperationOf(effect, cancellation) is not IInvocationOperation call || SqlOf(call, effect.Entry, cancellation) is not { } text)
            return null;
        if (ValueTrace.ParameterBehind(text, effect.Witness, root, model, out var isChecked, cancellation) is { } parameter)
            return isChecked ? null : new Write(effect, false, false, false, parameter);
        var texts = new ValueSources(model, cancellation).Of(text, out var isComplete).Select(ConstantText).ToList();
        if (!isComplete || texts.Count == 0 || texts.Contains(null))
            return null;
        // One of several texts is run: each may be.
        var sql = texts.Select(constant => SqlText.Of(constant!)).ToList();
        return sql.Any(one => one.Changes)
            ? new Write(effect, true, sql.Any(one => one.Repeats), sql.Any(one => one.Destroys), null) { Relative = sql.Select(one => one.Relative).FirstOrDefault(column => column != null) }
            : null;
    }

    private Write? ClassifyHttp(Effect effect, bool isDropped, CancellationToken cancellation)
    {
        if (OperationOf(effect, cancellation) is not IInvocationOperation call)
            return null;
        var request = new HttpRequest(call, effect.Witness, model, cancellation);
        switch (request.Verb(effect.Entry))
        {
            case "PUT":
                var relative = RelativeChanges.Of(model).In(effect, cancellation);
                return new Write(effect, true, relative != null, false, null) { Relative = relative, Replaces = request.ReplacesItem() && request.HasBody(effect.Entry) };
            case "PATCH":
                return new Write(effect, true, false, false, null);
            case "DELETE":
                return new Write(effect, true, false, true, null);
            case "POST":
                var purpose = RequestPurposes.Of(model).Of(request, effect.Witness, isDropped, cancellation);
                return purpose switch
                {
                    RequestPurpose.State => new Write(effect, true, false, false, null),
                    RequestPurpose.Order or RequestPurpose.NamedOrder or RequestPurpose.LikelyOrder =>
                        new Write(effect, true, !OperationKeys.Of(model).IsHeaderSet(effect.Witness, cancellation), false, null, MayAsk: purpose != RequestPurpose.Order)
                        {
                            IsLikely = purpose == RequestPurpose.LikelyOrder,
                            IsLocal = request.IsLoopback(),
                        },
                    _ => null,
                };
            default:
                return null;
        }
    }

    // Constant, or with holes: the words around them tell what is done.
    private static string? ConstantText(IOperation value) => value switch
    {
        { ConstantValue: { HasValue: true, Value: string text } } => text,
        IInterpolatedStringOperation interpolated => string.Concat(interpolated.Parts.Select(part => part is IInterpolatedStringTextOperation { Text: ILiteralOperation { ConstantValue.Value: string text } } ? text : "'?'")),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum when ConstantText(sum.LeftOperand.Unwrap()) is { } left => left + (ConstantText(sum.RightOperand.Unwrap()) ?? "'?'"),
        _ => null,
    };

    private IOperation? SqlOf(IInvocationOperation call, CatalogueEntry entry, CancellationToken cancellation)
    {
        var where = entry["sql"]?.Split(':') ?? [];
        if (where.Length != 2)
            return null;
        if (where[0] == "parameter")
            return call.Arguments.FirstOrDefault(a => a.Parameter?.Name == where[1])?.Value;
        // The command's property: set by its constructor, its initializer, or one assignment.
        if (call.Receiver() is not { } command)
            return null;
        var origins = new ValueSources(model, cancellation).Of(command);
        if (origins.Count > 1)
            return null;
        var origin = origins.FirstOrDefault();
        var values = new List<IOperation>();
        if (origin is IObjectCreationOperation creation)
            values.AddRange(creation.Arguments.Where(IsText).Select(a => a.Value).Concat(
                creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>().Where(a => a.Target is IPropertyReferenceOperation property && property.Property.Name == where[1]).Select(a => a.Value) ?? []));
        else if (origin is IInvocationOperation made)
            values.AddRange(made.Arguments.Where(IsText).Select(a => a.Value));
        if (command.Unwrap() is ILocalReferenceOperation { Local: var local } && call.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member)
            foreach (var assignment in member.DescendantNodes().OfType<AssignmentExpressionSyntax>())
                if (assignment.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: IdentifierNameSyntax receiver }
                    && name == where[1]
                    && receiver.Identifier.ValueText == local.Name
                    && call.SemanticModel?.GetOperation(assignment, cancellation) is ISimpleAssignmentOperation set)
                    values.Add(set.Value);
        return values.Count == 1 ? values[0] : null;
    }

    private static bool IsText(IArgumentOperation argument) => argument.ArgumentKind != ArgumentKind.DefaultValue && argument.Value.Unwrap().Type?.SpecialType == SpecialType.System_String;

    // The parameter of the root that a call is given as what it runs or names, as the call's sink says.
    private IParameterSymbol? TextBehind(Effect effect, ImmutableArray<CatalogueEntry> entries, IMethodSymbol root, string kind, out bool isChecked, CancellationToken cancellation)
    {
        isChecked = false;
        if (entries.FirstOrDefault(e => e.Role == CatalogueRole.Sink && e["kind"] == kind) is not { } sink || OperationOf(effect, cancellation) is not IInvocationOperation call)
            return null;
        foreach (var argument in call.Arguments)
            if (argument.Parameter is { } parameter
                && sink.List("parameter").Contains(parameter.Name)
                && ValueTrace.ParameterBehind(argument.Value, effect.Witness, root, model, out isChecked, cancellation) is { } text)
                return text;
        return null;
    }

    private IOperation? OperationOf(Effect effect, CancellationToken cancellation)
    {
        var site = effect.Witness.Steps[effect.Witness.Steps.Length - 1].Site;
        return model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation);
    }
}
