using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Agents;

/// <summary>A call that matters to the graph.</summary>
/// <param name="Call">The call.</param>
/// <param name="Target">The function of the graph that it runs; null where it asks a model.</param>
/// <param name="IsForwarded">Whether a call that asks a model passes on the model that the caller gave.</param>
internal sealed record SimpleCall(UnboundCall Call, IMethodSymbol? Target, bool IsForwarded);

/// <summary>
/// Reads functions that only say simple things to others of the graph and to models, each of which is waited for on the spot. Whatever else
/// a function says needs the compiler.
/// </summary>
internal sealed class UnboundFunctions
{
    // What the compiler calls without a name in the text, or by another one.
    private static readonly ImmutableHashSet<string> Implied = ["Add", "Append", "AppendLiteral", "AppendFormatted", "Slice", "Deconstruct", "GetEnumerator", "Dispose", "DisposeAsync"];

    private readonly AgentModel model;
    private readonly Func<IMethodSymbol, bool> isNode;
    private readonly UnboundCalls calls;
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string> prefixes;
    private readonly bool hasUnnamed;
    private readonly bool hasConstructors;

    public UnboundFunctions(AgentModel model, IEnumerable<IMethodSymbol> functions, Func<IMethodSymbol, bool> isNode)
    {
        this.model = model;
        this.isNode = isNode;
        calls = UnboundCalls.Of(model);
        foreach (var function in functions)
            switch (function.MethodKind)
            {
                case MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation:
                case MethodKind.PropertyGet or MethodKind.PropertySet when function.AssociatedSymbol is IPropertySymbol { IsIndexer: false }:
                    var name = (function.AssociatedSymbol ?? function).Name;
                    name = name.Substring(name.LastIndexOf('.') + 1);
                    names.Add(name);
                    hasUnnamed |= Implied.Contains(name);
                    break;
                case MethodKind.Constructor:
                    hasConstructors = true;
                    break;
                // Who calls one of these has one inside, or none at all.
                case MethodKind.LocalFunction or MethodKind.AnonymousFunction or MethodKind.StaticConstructor or MethodKind.Destructor or MethodKind.EventAdd or MethodKind.EventRemove:
                    break;
                default:
                    hasUnnamed = true;
                    break;
            }

        names.UnionWith(model.Catalogue.MembersWhere(entry => entry.Answers()).Keys);
        prefixes = [.. model.Catalogue.Entries.Where(entry => entry.Answers()).SelectMany(entry => entry.Members).Where(member => member.EndsWith("*", StringComparison.Ordinal)).Select(member => member.TrimEnd('*'))];
    }

    /// <summary>The calls of a function that matter, in the order of the call graph; null where its body has to be bound.</summary>
    public List<SimpleCall>? CallsOf(IMethodSymbol function, CancellationToken cancellation)
    {
        if (hasUnnamed || function.DeclaringSyntaxReferences.Length != 1 || function.DeclaringSyntaxReferences[0] is not { } reference || !model.Compilation.ContainsSyntaxTree(reference.SyntaxTree)
            || reference.GetSyntax(cancellation) is not MethodDeclarationSyntax declaration || ((SyntaxNode?)declaration.Body ?? declaration.ExpressionBody) is not { } body)
            return null;
        var simple = new List<SimpleCall>();
        foreach (var node in body.DescendantNodes())
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax:
                case BaseObjectCreationExpressionSyntax when hasConstructors:
                    return null;
                case SimpleNameSyntax name when IsKnown(name.Identifier.ValueText):
                    if (calls.At(name, cancellation) is not { } call || !TryAdd(call, function, simple))
                        return null;
                    break;
            }

        // A chain of calls is evaluated from the left, and found from the right.
        simple.Sort((one, other) => one.Call.Site.SpanStart != other.Call.Site.SpanStart ? one.Call.Site.SpanStart.CompareTo(other.Call.Site.SpanStart) : other.Call.Site.Span.Length.CompareTo(one.Call.Site.Span.Length));
        return simple;
    }

    private bool IsKnown(string name) => names.Contains(name) || prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    // False: the compiler has to say.
    private bool TryAdd(UnboundCall call, IMethodSymbol function, List<SimpleCall> simple)
    {
        if (call.Candidates.Length == 1 && call.Candidates[0] is var only && model.Declares(only))
        {
            var entries = model.EntriesOf(only);
            if (CallGraph.Of(model).Resolve(only)?.Implementation() is { } target && isNode(target) && !entries.Any(entry => entry.IsRemoteCall() && entry.Role != CatalogueRole.AgentCall))
            {
                simple.Add(new SimpleCall(call, target, false));
                return IsWaitedFor(call, function);
            }

            return !entries.Any(entry => entry.Answers());
        }

        if (call.Candidates.Any(model.Declares))
            return false;
        var answers = call.Candidates.Select(candidate => model.EntriesOf(candidate).Any(entry => entry.Answers())).Distinct().ToList();
        if (answers.Count > 1)
            return false;
        if (!answers[0])
            return true;
        if (call.Receiver is null or INamedTypeSymbol || model.Declares(call.On) || !IsWaitedFor(call, function) || IsForwarded(call) is not { } isForwarded)
            return false;
        simple.Add(new SimpleCall(call, null, isForwarded));
        return true;
    }

    // Awaited or returned right there; or there is nothing to wait for.
    private static bool IsWaitedFor(UnboundCall call, IMethodSymbol function)
    {
        SyntaxNode value = call.Site;
        while (value.Parent is ParenthesizedExpressionSyntax)
            value = value.Parent;
        if (value.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured })
            value = configured;
        return value.Parent is AwaitExpressionSyntax or ReturnStatementSyntax
            || (value.Parent is ArrowExpressionClauseSyntax && !function.ReturnsVoid && !IsTaskAlone(function))
            || (value == call.Site && call.Candidates.All(candidate => candidate.ReturnType.TypeKind != TypeKind.TypeParameter && !CallWaits.IsPending(candidate.ReturnType)));
    }

    // async Task M() => call; is a statement.
    private static bool IsTaskAlone(IMethodSymbol function) => function is { IsAsync: true, ReturnType: INamedTypeSymbol { Arity: 0 } };

    // The same question as AgentCalls.IsForwarded; null where the compiler has to say.
    private bool? IsForwarded(UnboundCall call)
    {
        if (call.Receiver is IParameterSymbol { ContainingSymbol: not IMethodSymbol { MethodKind: MethodKind.Constructor } })
            return true;
        var arguments = call.Site.ArgumentList.Arguments;
        if (arguments.Any(argument => argument.NameColon != null))
            return null;
        var words = arguments.FirstOrDefault()?.Expression;
        while (words is ParenthesizedExpressionSyntax or CastExpressionSyntax or PostfixUnaryExpressionSyntax)
            words = words switch
            {
                ParenthesizedExpressionSyntax inner => inner.Expression,
                CastExpressionSyntax cast => cast.Expression,
                _ => ((PostfixUnaryExpressionSyntax)words).Operand,
            };
        return words is IdentifierNameSyntax ? null : false;
    }
}
