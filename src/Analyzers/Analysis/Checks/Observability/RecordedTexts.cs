using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Core;
using AgentLint.Analysis.Flow;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Observability;

/// <summary>What a model is asked or has answered, written into a log or a trace.</summary>
/// <param name="Site">Where it is written, or where what writes it is called.</param>
/// <param name="Recorder">What writes it.</param>
/// <param name="Flow">The way of an answer; null for a prompt.</param>
/// <param name="Prompt">The variable, or the member of one, that holds the prompt, as the code names it; null for an answer.</param>
/// <param name="Asked">What the prompt is sent to.</param>
internal sealed record RecordedText(SyntaxNode Site, ISymbol Recorder, TaintFinding? Flow, string? Prompt, ISymbol? Asked);

/// <summary>
/// Finds answers and prompts that a program writes into its log or its traces in every environment: no setting, level or directive decides about it.
/// A program for one person at a console shows them to that person.
/// </summary>
internal sealed class RecordedTexts
{
    // How many functions of the program a prompt is followed through.
    private const int MaxDepth = 3;

    private readonly AgentModel model;
    private readonly CatalogueQuery recorders;
    private readonly ImmutableHashSet<string> parts;

    private RecordedTexts(AgentModel model)
    {
        this.model = model;
        recorders = model.Query(entry => SinkFacts.Of(entry) is { Kind: SinkKind.Telemetry });
        parts = [.. model.Catalogue.Of(CatalogueRole.Part).SelectMany(entry => entry.Members)];
    }

    public static RecordedTexts Of(AgentModel model) => model.Shared(m => new RecordedTexts(m));

    /// <summary>The first prompt and the first answer of each function, in the order of the text.</summary>
    public IEnumerable<RecordedText> In(SemanticModel semantics, int depth, CancellationToken cancellation)
    {
        if (ProgramHost.Of(model, cancellation) is not (HostKind.Service or HostKind.Library))
            return [];
        var prompts = recorders.In(semantics.SyntaxTree, cancellation)
            .Select(use => PromptAt(use, semantics, cancellation)).OfType<RecordedText>()
            .GroupBy(found => FlowGraphs.FunctionAround(found.Site)).Select(found => found.First());
        var answers = Taint.Of(model, cancellation).In(semantics.SyntaxTree)
            .Where(flow => SinkFacts.Of(flow.Hit.Entry) is { Kind: SinkKind.Telemetry } && flow.Hit.Calls.Length <= depth
                && IsText(flow) && IsAlways(flow.Site, cancellation) && IsAlways(flow.Hit.Site, cancellation))
            .GroupBy<TaintFinding, ISymbol>(flow => flow.Function, SymbolEqualityComparer.Default)
            .Select(flows => flows.First()).Select(flow => new RecordedText(flow.Site, flow.Hit.Member, flow, null, null));
        return prompts.Concat(answers).OrderBy(found => found.Site.SpanStart);
    }

    // ---- answers -----------------------------------------------------------------------------------------------------------------

    // What was read out of JSON is data, and the beginning of a text is shown on purpose.
    private bool IsText(TaintFinding finding) =>
        finding.Source.Origin == TaintOrigin.Answer
        && (finding.Hit.Facts.Traits & (TaintTraits.Parsed | TaintTraits.May)) == 0
        && !finding.Hit.Label.Members.Split('.').Any(parts.Contains);

    // ---- prompts -----------------------------------------------------------------------------------------------------------------

    // logger.LogInformation("Prompt: {Prompt}", prompt) in the function that sends the prompt.
    private RecordedText? PromptAt(CatalogueUse use, SemanticModel semantics, CancellationToken cancellation)
    {
        if (FlowGraphs.FunctionAround(use.Name) is not { } function
            || semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation call || SinkFacts.Of(use.Entry) is not { } sink)
            return null;
        foreach (var argument in call.Arguments)
            if (sink.Parameters.IsEmpty || sink.Parameters.Contains(argument.Parameter?.Name ?? ""))
                foreach (var text in argument.Value.DescendantsAndSelf())
                    if (TextAt(text) is { } variable && SentTo(variable, call.Top(), 0, cancellation) is { } asked && IsAlways(use.Name, cancellation))
                        return new RecordedText(use.Name, call.TargetMethod, null, text.Syntax.ToString(), asked);
        return null;
    }

    // A text itself: not its length, and not what another call makes of it.
    private static AccessPath? TextAt(IOperation value) =>
        value.Type?.SpecialType != SpecialType.System_String || value.Parent is IMemberReferenceOperation || (value.Parent is IInvocationOperation made && made.Instance == value)
            ? null
            : value switch
            {
                ILocalReferenceOperation { Local: var local } => new AccessPath(local),
                IParameterReferenceOperation { Parameter: var parameter } => new AccessPath(parameter),
                IPropertyReferenceOperation { Instance: ILocalReferenceOperation { Local: var local }, Property: { IsIndexer: false } property } => new AccessPath(local, property),
                IPropertyReferenceOperation { Instance: IParameterReferenceOperation { Parameter: var parameter }, Property: { IsIndexer: false } property } =>
                    new AccessPath(parameter, property),
                _ => null,
            };

    // What asks a model or an agent with the text, or with a message that is made of it, itself or in a function that is given the text.
    private ISymbol? SentTo(AccessPath text, IOperation function, int depth, CancellationToken cancellation)
    {
        ISymbol? asked = null;
        var isSent = false;
        foreach (var operation in function.DescendantsAndSelf())
        {
            cancellation.ThrowIfCancellationRequested();
            if (operation is IInvocationOperation call)
            {
                var entries = model.EntriesOf(call.TargetMethod);
                if (entries.Any(entry => entry.AsksModelOrAgent() && entry.Answers()))
                {
                    asked ??= call.TargetMethod;
                    if (call.Arguments.Any(argument => Holds(argument, text)))
                        return call.TargetMethod;
                    continue;
                }

                if (entries.IsEmpty && depth < MaxDepth && HandedOn(text, call, depth, cancellation) is { } further)
                    return further;
            }

            isSent |= (operation is IInvocationOperation { TargetMethod.ContainingType: var type } && IsConversation(type) && IsGiven(operation, text))
                || (operation is IObjectCreationOperation { Type: { } made } && IsConversation(made) && IsGiven(operation, text));
        }

        return isSent ? asked : null;
    }

    private static bool IsGiven(IOperation call, AccessPath text) => call.ChildOperations.OfType<IArgumentOperation>().Any(argument => Holds(argument, text));

    // agent.AskAsync(text): the text itself is the parameter of a function of the program.
    private ISymbol? HandedOn(AccessPath text, IInvocationOperation call, int depth, CancellationToken cancellation)
    {
        foreach (var argument in call.Arguments)
            if (TextAt(argument.Value.Unwrap()) is { } given && given == text && argument.Parameter is { Ordinal: var position }
                && CallGraph.Of(model).Resolve(call.TargetMethod) is { } target && MethodBodies.HasSource(target, model) && position < target.Parameters.Length)
                foreach (var body in MethodBodies.Of(target, model, cancellation))
                    if (SentTo(new AccessPath(target.Parameters[position]), body, depth + 1, cancellation) is { } asked)
                        return asked;
        return null;
    }

    // A table of conversations is asked with keys.
    private bool IsConversation(ITypeSymbol type) =>
        model.Is(type, CatalogueRole.ChatMessage)
        || (type is INamedTypeSymbol { TypeArguments.Length: <= 1 } && model.Is(type, CatalogueRole.Session) && !model.Declares(type));

    // As it is, within a text, or in an object or a list that is made of it; not as the key by which something is looked up.
    private static bool Holds(IArgumentOperation argument, AccessPath text)
    {
        var open = new Stack<IOperation>([argument.Value]);
        while (open.Count > 0)
        {
            var value = open.Pop();
            if (TextAt(value) is { } found && found == text)
                return true;
            if (value is not (IPropertyReferenceOperation or IInvocationOperation { IsImplicit: false } or IAnonymousFunctionOperation))
                foreach (var part in value.ChildOperations)
                    open.Push(part);
        }

        return false;
    }

    // ---- every environment -------------------------------------------------------------------------------------------------------

    private bool IsAlways(SyntaxNode site, CancellationToken cancellation) =>
        !SensitiveSwitches.IsInDirective(site, cancellation)
        && !site.Ancestors().TakeWhile(around => around is not MemberDeclarationSyntax or GlobalStatementSyntax).Any(around => around switch
        {
            // What fails is looked into by its text.
            CatchClauseSyntax => true,
            IfStatementSyntax choice => !choice.Condition.Span.Contains(site.Span) && AsksForSetting(choice.Condition, cancellation),
            ConditionalExpressionSyntax choice => !choice.Condition.Span.Contains(site.Span) && AsksForSetting(choice.Condition, cancellation),
            _ => false,
        });

    // A setting, an environment or a level below that of production; not what is known of the text itself.
    private bool AsksForSetting(ExpressionSyntax condition, CancellationToken cancellation)
    {
        if (model.SemanticsOf(condition.SyntaxTree).GetOperation(condition, cancellation) is not { } asked)
            return true;
        return asked.DescendantsAndSelf().Any(part => part switch
        {
            // logger.IsEnabled(LogLevel.Information) is true in production.
            IInvocationOperation { TargetMethod: { ContainingType: { } type }, Arguments: var arguments } when model.Is(type, CatalogueRole.Log) =>
                !arguments.Any(argument => argument.Value is IFieldReferenceOperation { Field.Name: var level } && !QuietLevelsOf(type).Contains(level)),
            IInvocationOperation { TargetMethod: { ReturnType.SpecialType: SpecialType.System_Boolean, ContainingType: { } type } } =>
                type.SpecialType != SpecialType.System_String && type.Name is not ("Enumerable" or "String"),
            IParameterReferenceOperation { Parameter.Type.SpecialType: SpecialType.System_Boolean } => true,
            IMemberReferenceOperation { Type.SpecialType: SpecialType.System_Boolean } member => IsKept(member),
            _ => false,
        });
    }

    private IEnumerable<string> QuietLevelsOf(INamedTypeSymbol log) => model.EntriesOf(log).Where(entry => entry.Role == CatalogueRole.Log).SelectMany(entry => entry.List("quiet"));

    // this.options.Record, Settings.Record
    private static bool IsKept(IOperation member) => member switch
    {
        IInstanceReferenceOperation or IParameterReferenceOperation => true,
        IMemberReferenceOperation { Instance: var instance } => instance == null || IsKept(instance.Unwrap()),
        _ => false,
    };
}
