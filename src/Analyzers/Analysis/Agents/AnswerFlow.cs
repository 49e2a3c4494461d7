using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>Which values of a function are a model's words, as far as the function shows it: a model may say the same thing for ever.</summary>
internal sealed class AnswerFlow
{
    // How many variables in a row are followed.
    private const int MaxVariables = 64;

    private readonly HashSet<SyntaxNode> answers;
    private readonly Dictionary<ISymbol, List<IOperation>> definitions = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, bool> known = new(SymbolEqualityComparer.Default);

    /// <param name="node">The function.</param>
    /// <param name="bodies">Its operations.</param>
    public AnswerFlow(AgentNode node, IEnumerable<IOperation> bodies)
    {
        answers = [.. node.Answers, .. node.Edges.Where(edge => edge.Kind == AgentEdgeKind.Call).Select(edge => edge.Site)];
        foreach (var operation in bodies.SelectMany(body => body.DescendantsAndSelf()))
            Define(operation);
    }

    /// <summary>Whether a value is, or is made of, what a model has said.</summary>
    public bool IsAnswer(IOperation value) => IsAnswer(value, 0);

    /// <summary>What a variable was given, where the function shows it.</summary>
    public IReadOnlyList<IOperation> DefinitionsOf(ISymbol variable) => definitions.TryGetValue(variable, out var values) ? values : [];

    private bool IsAnswer(IOperation value, int variables) =>
        value.DescendantsAndSelf().Any(part => answers.Contains(part.Syntax) || (Variable(part) is { } variable && IsAnswer(variable, variables)));

    private bool IsAnswer(ISymbol variable, int variables)
    {
        if (known.TryGetValue(variable, out var isAnswer) || variables >= MaxVariables)
            return isAnswer;
        // A variable that is made of itself is what else it is made of.
        known[variable] = false;
        return known[variable] = DefinitionsOf(variable).Any(value => IsAnswer(value, variables + 1));
    }

    private static ISymbol? Variable(IOperation part) => part switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } } parameter } => parameter,
        _ => null,
    };

    private void Define(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation { Symbol: var local } declarator when (declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer) is { } initializer:
                Add(local, initializer.Value);
                break;
            case IAssignmentOperation assignment:
                foreach (var target in assignment.Target.DescendantsAndSelf().OfType<ILocalReferenceOperation>())
                    Add(target.Local, assignment.Value);
                break;
            case IForEachLoopOperation loop:
                foreach (var local in loop.Locals)
                    Add(local, loop.Collection);
                break;
            case IDeclarationPatternOperation { DeclaredSymbol: { } declared }:
                if (MatchedBy(operation) is { } matched)
                    Add(declared, matched);
                break;
            case IRecursivePatternOperation { DeclaredSymbol: { } declared }:
                if (MatchedBy(operation) is { } whole)
                    Add(declared, whole);
                break;
            // out results
            case IArgumentOperation { Parameter.RefKind: RefKind.Out, Value: { } output, Parent: { } call }:
                foreach (var local in output.DescendantsAndSelf().OfType<ILocalReferenceOperation>())
                    Add(local.Local, call);
                break;
            // items.Select(item => …)
            case IAnonymousFunctionOperation lambda when ReceiverOf(lambda) is { } receiver:
                foreach (var parameter in lambda.Symbol.Parameters)
                    Add(parameter, receiver);
                break;
        }
    }

    private void Add(ISymbol variable, IOperation value)
    {
        if (!definitions.TryGetValue(variable, out var values))
            definitions.Add(variable, values = []);
        values.Add(value);
    }

    private static IOperation? MatchedBy(IOperation pattern)
    {
        for (var around = pattern.Parent; around != null; around = around.Parent)
            switch (around)
            {
                case IIsPatternOperation test:
                    return test.Value;
                case ISwitchExpressionOperation choice:
                    return choice.Value;
                case ISwitchOperation choice:
                    return choice.Value;
            }

        return null;
    }

    private static IOperation? ReceiverOf(IAnonymousFunctionOperation lambda)
    {
        var use = lambda.Parent;
        while (use is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            use = use.Parent;
        return use is IArgumentOperation { Parent: IInvocationOperation call } ? call.Receiver() : null;
    }
}
