using System.Collections.Concurrent;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>
/// Helpers that tell of a failure by their result: an object of the program with a truth value that is made of a status, or that a handler gives back.
/// Where the result is a truth value alone, the same shape asks whether something is there; it counts for writes and questions only.
/// </summary>
internal sealed class ToldFailures(AgentModel model)
{
    private readonly ConcurrentDictionary<(SyntaxNode Body, string? Member), bool?> known = new();

    public static ToldFailures Of(AgentModel model) => model.Shared(m => new ToldFailures(m));

    /// <summary>What a truth value is when it tells of a failure; null where it does not tell of one.</summary>
    /// <param name="call">The call whose result is looked at.</param>
    /// <param name="member">The member that is looked at; null where the result itself is.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    public bool? ValueAt(IInvocationOperation call, FlagMember? member, CancellationToken cancellation)
    {
        foreach (var body in BodiesOf(call, cancellation))
        {
            var key = (body.Syntax, member?.Name);
            if ((known.TryGetValue(key, out var value) ? value : known.GetOrAdd(key, Read(body, member))) is { } told)
                return told;
        }

        return null;
    }

    private IEnumerable<IOperation> BodiesOf(IInvocationOperation call, CancellationToken cancellation)
    {
        if (call.TargetMethod.MethodKind != MethodKind.DelegateInvoke)
            return CallGraph.Of(model).Resolve(call.TargetMethod) is { } target ? MethodBodies.Of(target, model, cancellation) : [];
        return call.Receiver()?.Unwrap() is IParameterReferenceOperation { Parameter: var parameter }
            ? DelegateUses.Of(model).GivenTo(parameter, cancellation).SelectMany(given => given switch
            {
                IAnonymousFunctionOperation lambda => [lambda.Body],
                IMethodReferenceOperation { Method: var method } when CallGraph.Of(model).Resolve(method) is { } target => MethodBodies.Of(target, model, cancellation),
                _ => Enumerable.Empty<IOperation>(),
            })
            : [];
    }

    private bool? Read(IOperation body, FlagMember? member)
    {
        foreach (var returned in ValueSources.ReturnedIn(body))
        {
            var value = Plain(returned);
            if ((member == null ? value : GivenFor(member, value)) is { } flag)
            {
                // A status says that it went well, or not.
                var (operand, isNegated) = Positive(flag);
                if (operand.Unwrap() is IPropertyReferenceOperation { Property: var property } && model.Find(property, CatalogueRole.StatusCode)?.Has("success") == true)
                    return isNegated;
                if (IsInHandler(returned) && flag.ConstantValue is { HasValue: true, Value: bool constant })
                    return constant;
            }
            // return Result.Failed(e.Message);
            else if (member != null && IsInHandler(returned) && value is IInvocationOperation { TargetMethod.IsStatic: true } made && member.IsOf(made.Type))
                return false;
        }

        return null;
    }

    private static IOperation Plain(IOperation value) =>
        value.Unwrap() is IInvocationOperation { TargetMethod: { Name: "FromResult", ContainingType.Name: "Task" or "ValueTask" }, Arguments: { Length: 1 } given } ? given[0].Value.Unwrap() : value.Unwrap();

    // new Result(false, "…"), new Result { Ok = false }, (false, null)
    private static IOperation? GivenFor(FlagMember member, IOperation made)
    {
        switch (made)
        {
            case IObjectCreationOperation creation when member.IsOf(creation.Type):
                if (creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>().FirstOrDefault(set => set.Target is IMemberReferenceOperation target && target.Member.Name == member.Name) is { } set)
                    return set.Value.Unwrap();
                return creation.Arguments.FirstOrDefault(argument => string.Equals(argument.Parameter?.Name, member.Name, StringComparison.OrdinalIgnoreCase))?.Value.Unwrap();
            case ITupleOperation tuple when member.Ordinal >= 0 && member.Ordinal < tuple.Elements.Length:
                return tuple.Elements[member.Ordinal].Unwrap();
            default:
                return null;
        }
    }

    private static (IOperation Operand, bool IsNegated) Positive(IOperation flag)
    {
        var isNegated = false;
        while (flag is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not)
            (flag, isNegated) = (not.Operand.Unwrap(), !isNegated);
        return (flag, isNegated);
    }

    private static bool IsInHandler(IOperation returned) =>
        returned.Syntax.Ancestors().TakeWhile(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax)).Any(node => node is CatchClauseSyntax);
}

/// <summary>A member with a truth value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Owner">The type that has it.</param>
/// <param name="Ordinal">Its place in a tuple; -1 where it is in none.</param>
internal sealed record FlagMember(string Name, ITypeSymbol? Owner, int Ordinal = -1)
{
    public bool IsOf(ITypeSymbol? type)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, Owner?.OriginalDefinition))
                return true;
        return false;
    }
}
