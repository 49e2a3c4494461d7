using System.Collections.Immutable;
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
internal sealed record Write(Effect Effect, bool Changes, bool Repeats, bool Destroys, IParameterSymbol? Text);

/// <summary>Classifies the writes that functions reach. What is not shown by the code is left out.</summary>
internal sealed class Writes(AgentModel model)
{
    private readonly EffectSummaries summaries = EffectSummaries.Of(model);

    public static Writes Of(AgentModel model) => model.Shared(m => new Writes(m));

    /// <summary>The writes that a function reaches, nearest first.</summary>
    public IEnumerable<Write> ReachedFrom(IMethodSymbol root, int depth, CancellationToken cancellation) =>
        from effect in summaries.Of(root, depth, cancellation).Effects
        where effect.Entry.Role == CatalogueRole.Effect
        let write = Classify(effect, root, cancellation)
        where write != null
        select write;

    private Write? Classify(Effect effect, IMethodSymbol root, CancellationToken cancellation)
    {
        var entries = model.EntriesOf(effect.Witness.Target);
        // To ask a model or an agent is to read, whatever is kept of the question.
        if (entries.Any(e => e.Role is CatalogueRole.ModelCall or CatalogueRole.AgentCall or CatalogueRole.ToolCall))
            return null;
        switch (effect.Entry["kind"])
        {
            case "sql":
                return ClassifySql(effect, root, cancellation);
            case "http":
                return ClassifyHttp(effect, cancellation);
            case "process":
                return TextBehind(effect, entries, root, "process", cancellation) is { } command ? new Write(effect, false, false, false, command) : null;
            case "insert" when effect.Entry["class"] == "conditional" && !entries.Any(e => e.IsRemoteCall()):
                // DbSet.Add: what is saved is written.
                return null;
        }

        // Files of its own are a program's own business; those that the caller names are not.
        if (entries.Any(e => e.Role == CatalogueRole.Sink && e["kind"] == "path") && TextBehind(effect, entries, root, "path", cancellation) == null)
            return null;
        if (effect.Entry.IsOfBaseLibrary && !entries.Any(e => e.IsRemoteCall() || e.Role == CatalogueRole.Sink))
            return null;
        return new Write(effect, true, effect.Entry["class"] == "non-idempotent", effect.Entry["kind"] == "delete", null);
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
        return sql.Any(one => one.Changes) ? new Write(effect, true, sql.Any(one => one.Repeats), sql.Any(one => one.Destroys), null) : null;
    }

    // A POST may be a question, unless nobody reads the answer.
    private Write? ClassifyHttp(Effect effect, CancellationToken cancellation)
    {
        if (OperationOf(effect, cancellation) is not IInvocationOperation call)
            return null;
        var verb = effect.Entry["verb"];
        if (verb?.StartsWith("parameter:", StringComparison.Ordinal) == true)
            verb = call.Arguments.FirstOrDefault(a => a.Parameter?.Name == verb.Substring("parameter:".Length)) is { Value: var value } ? VerbOf(value, cancellation) : null;
        return verb switch
        {
            "PUT" or "PATCH" or "DELETE" => new Write(effect, true, false, verb == "DELETE", null),
            "POST" when Answers.IsUnread(call, model, cancellation) => new Write(effect, true, !OperationKeys.Of(model).IsHeaderSet(effect.Witness, cancellation), false, null),
            _ => null,
        };
    }

    // new HttpRequestMessage(HttpMethod.Post, address), new() { Method = … }, or the method itself. Null where there may be several.
    private string? VerbOf(IOperation request, CancellationToken cancellation)
    {
        var verbs = new HashSet<string?>();
        foreach (var source in new ValueSources(model, cancellation).Of(request))
            verbs.Add(source is IObjectCreationOperation creation ? VerbIn(creation, cancellation) ?? VerbSetOn(request, cancellation) : VerbNamed(source));
        return verbs.Count == 1 ? verbs.First() : null;
    }

    private string? VerbIn(IObjectCreationOperation creation, CancellationToken cancellation)
    {
        if (creation.Constructor is { } constructor && model.Find(constructor, CatalogueRole.HttpVerb) is { } made)
            return VerbOf(made, creation.Arguments);
        foreach (var value in creation.Arguments.Select(argument => argument.Value).Concat(
            creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>().Where(set => IsVerb(set.Target)).Select(set => set.Value) ?? []))
            foreach (var source in new ValueSources(model, cancellation).Of(value))
                if (VerbNamed(source) is { } verb)
                    return verb;
        return null;
    }

    // request.Method = HttpMethod.Post
    private string? VerbSetOn(IOperation request, CancellationToken cancellation)
    {
        if (request.Unwrap() is not ILocalReferenceOperation { Local: var local })
            return null;
        var root = request;
        while (root.Parent is { } parent)
            root = parent;
        return (from assignment in root.Descendants().OfType<ISimpleAssignmentOperation>()
                where IsVerb(assignment.Target) && assignment.Target is IPropertyReferenceOperation { Instance: ILocalReferenceOperation { Local: var owner } } && SymbolEqualityComparer.Default.Equals(owner, local)
                from source in new ValueSources(model, cancellation).Of(assignment.Value)
                select VerbNamed(source)).FirstOrDefault(verb => verb != null);
    }

    private bool IsVerb(IOperation target) => target is IPropertyReferenceOperation { Property: var property } && model.Find(property, CatalogueRole.RequestVerb) != null;

    private string? VerbNamed(IOperation value) => value switch
    {
        IPropertyReferenceOperation { Property: var property } => model.Find(property, CatalogueRole.HttpVerb)?["verb"],
        IObjectCreationOperation { Constructor: { } constructor } creation when model.Find(constructor, CatalogueRole.HttpVerb) is { } made => VerbOf(made, creation.Arguments),
        IInvocationOperation call when model.Find(call.TargetMethod, CatalogueRole.HttpVerb) is { } made => VerbOf(made, call.Arguments),
        _ => null,
    };

    // new HttpMethod("PATCH")
    private static string? VerbOf(CatalogueEntry made, ImmutableArray<IArgumentOperation> arguments) =>
        (arguments.FirstOrDefault(argument => "parameter:" + argument.Parameter?.Name == made["verb"])?.Value.ConstantValue.Value as string)?.ToUpperInvariant();

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
    private IParameterSymbol? TextBehind(Effect effect, ImmutableArray<CatalogueEntry> entries, IMethodSymbol root, string kind, CancellationToken cancellation)
    {
        if (entries.FirstOrDefault(e => e.Role == CatalogueRole.Sink && e["kind"] == kind) is not { } sink || OperationOf(effect, cancellation) is not IInvocationOperation call)
            return null;
        foreach (var argument in call.Arguments)
            if (argument.Parameter is { } parameter
                && sink.List("parameter").Contains(parameter.Name)
                && ValueTrace.ParameterBehind(argument.Value, effect.Witness, root, model, out var isChecked, cancellation) is { } text
                && !isChecked)
                return text;
        return null;
    }

    private IOperation? OperationOf(Effect effect, CancellationToken cancellation)
    {
        var site = effect.Witness.Steps[effect.Witness.Steps.Length - 1].Site;
        return model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation);
    }
}
