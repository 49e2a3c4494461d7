using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>
/// Agents that a program makes with a library, or has its container make: <c>builder.AddAIAgent("writer", …)</c>, <c>client.AsAIAgent(…)</c>. No class of the
/// program stands for them; they go by their key in the container, or by the variable or member that keeps them.
/// </summary>
internal sealed class ComposedAgents
{
    private readonly AgentModel model;
    private readonly CancellationToken cancellation;

    public ComposedAgents(AgentModel model, CancellationToken cancellation)
    {
        (this.model, this.cancellation) = (model, cancellation);
        var tests = TestPlaces.Of(model, cancellation);
        Names = [.. model.Compilation.SyntaxTrees.Where(tree => !tests.Contains(tree)).SelectMany(In).Select(NameOf).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    public ImmutableArray<string> Names { get; }

    /// <summary>The name of the agent that a call asks; null where none of these is known to be it.</summary>
    public string? AskedBy(IInvocationOperation call) => Known(call.Receiver()) ?? (Names.Length == 1 ? Names[0] : null);

    private string? Known(IOperation? agent) => agent?.Unwrap() switch
    {
        IAwaitOperation awaited => Known(awaited.Operation),
        ILocalReferenceOperation { Local: var local, SemanticModel: { } semantics } =>
            Listed(local.Name) ?? (local.InitializerOf(semantics, cancellation) is { } made ? Known(made) : null),
        IParameterReferenceOperation { Parameter: var parameter } => Listed(KeyOf(parameter)) ?? Listed(parameter.Name),
        // The field of a primary constructor's parameter, or one that a constructor sets from its own.
        IMemberReferenceOperation { Member: var member } => Listed(member.Name) ?? Listed(member.Name.TrimStart('_')),
        // services.GetRequiredKeyedService<AIAgent>("writer")
        IInvocationOperation asked when model.Find(asked.TargetMethod, CatalogueRole.ServiceLookup) != null => Listed(TextIn(asked.Arguments)),
        IInvocationOperation { TargetMethod: var maker } => Listed(maker.Name),
        _ => null,
    };

    private string? Listed(string? name) => name != null && Names.Contains(name) ? name : null;

    // [FromKeyedServices("writer")] AIAgent agent
    private static string? KeyOf(IParameterSymbol parameter) =>
        parameter.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == "FromKeyedServicesAttribute")?.ConstructorArguments.FirstOrDefault().Value as string;

    private static string? TextIn(ImmutableArray<IArgumentOperation> arguments) =>
        arguments.Select(argument => argument.Value.Unwrap().ConstantValue).FirstOrDefault(constant => constant is { HasValue: true, Value: string }).Value as string;

    private IEnumerable<IOperation> In(SyntaxTree tree)
    {
        var semantics = model.SemanticsOf(tree);
        foreach (var use in model.Query(Composes).In(tree, cancellation))
            if (semantics.OperationOf(use.Name, cancellation) is IInvocationOperation call)
                yield return call;
        foreach (var (creation, _) in new Creations(model, Composes).In(semantics, cancellation))
            yield return creation;
    }

    private static bool Composes(CatalogueEntry entry) => entry.Role == CatalogueRole.Composition && entry["kind"] == "agent";

    private string? NameOf(IOperation made)
    {
        if (Registers(made))
            return TextIn(((IInvocationOperation)made).Arguments);
        for (var part = made.Parent; part != null; part = part.Parent)
            switch (part)
            {
                case IVariableDeclaratorOperation declarator:
                    return declarator.Symbol.Name;
                case IFieldInitializerOperation { InitializedFields: { IsEmpty: false } fields }:
                    return fields[0].Name;
                case IPropertyInitializerOperation { InitializedProperties: { IsEmpty: false } properties }:
                    return properties[0].Name;
                case IAssignmentOperation { Target: IMemberReferenceOperation { Member.Name: var member } }:
                    return member;
                case IAssignmentOperation { Target: ILocalReferenceOperation { Local.Name: var local } }:
                    return local;
                case IReturnOperation or IExpressionStatementOperation:
                    return OfFunction(part);
            }

        return null;
    }

    private bool Registers(IOperation made) =>
        made is IInvocationOperation { TargetMethod: var method } && model.Find(method, CatalogueRole.ServiceRegistration) != null;

    // What a factory of the container returns goes by its key or its type, what a method returns by the method's name.
    private string? OfFunction(IOperation statement)
    {
        var around = statement.Parent;
        while (around is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation or IMethodBodyOperation))
            around = around.Parent;
        switch (around)
        {
            // AddAIAgent("writer", (services, key) => …) is counted itself.
            case IAnonymousFunctionOperation lambda when lambda.ArgumentAround() is { Parent: IInvocationOperation taker }:
                return model.Find(taker.TargetMethod, CatalogueRole.Composition) != null || model.Find(taker.TargetMethod, CatalogueRole.ServiceRegistration) == null ? null
                    : TextIn(taker.Arguments) ?? taker.TargetMethod.TypeArguments.FirstOrDefault()?.Name;
            case ILocalFunctionOperation local when statement is IReturnOperation:
                return local.Symbol.Name;
            case IMethodBodyOperation body when statement is IReturnOperation:
                return body.SemanticModel?.GetEnclosingSymbol(statement.Syntax.SpanStart, cancellation)?.Name;
            default:
                return null;
        }
    }
}
