using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

/// <summary>A call that gives a function to a method of the program.</summary>
/// <param name="Name">The name of the method.</param>
/// <param name="Call">The call.</param>
/// <param name="Target">The method that runs.</param>
internal readonly record struct HandOver(SimpleNameSyntax Name, IInvocationOperation Call, IMethodSymbol Target);

/// <summary>
/// Where functions are given to methods of the program that may run them again. Which methods may is told by the text: they have a loop, or
/// hand the function to something that runs it. Only calls of their names are bound.
/// </summary>
internal sealed class FunctionTakers(AgentModel model)
{
    private static readonly TextFacts<List<Taker>> Declared = new((tree, cancellation) => [.. TakersIn(tree.GetRoot(cancellation))]);

    private readonly Once<NameSet> names = new();
    private readonly OncePerFile<HandOver> calls = new();

    public static FunctionTakers Of(AgentModel model) => model.Shared(m => new FunctionTakers(m));

    /// <summary>The calls of a file, in the order of the text.</summary>
    public IReadOnlyList<HandOver> CallsIn(SyntaxTree tree, CancellationToken cancellation) => calls.Get(tree, () => [.. Find(tree, cancellation)]);

    private IEnumerable<HandOver> Find(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        var takers = index.Among(names.Get(() => new NameSet(Names(cancellation))));
        if (takers.IsEmpty)
            yield break;
        var root = tree.GetRoot(cancellation);
        var sites = takers.SelectMany(taker => index.Uses(taker, root)).Select(name => (Name: name, Site: CallOf(name)))
            .Where(call => call.Site?.ArgumentList.Arguments.Any(argument => MayBeFunction(argument.Expression)) == true)
            .OrderBy(call => call.Site!.SpanStart).ThenByDescending(call => call.Site!.Span.Length);
        foreach (var (name, site) in sites)
            if ((UnboundCalls.Of(model).At(name, cancellation) is not { } unbound || unbound.Candidates.Any(TakesFunction))
                && model.SemanticsOf(tree).GetOperation(site!, cancellation) is IInvocationOperation call
                && TakesFunction(call.TargetMethod)
                && CallGraph.Of(model).Resolve(call.TargetMethod)?.Implementation() is { } target)
                yield return new HandOver(name, call, target);
    }

    private static InvocationExpressionSyntax? CallOf(SimpleNameSyntax name) =>
        name.AncestorsAndSelf().Take(3).OfType<InvocationExpressionSyntax>().FirstOrDefault(call => NameOf(call) == name);

    private static bool MayBeFunction(ExpressionSyntax value) =>
        value is not (LiteralExpressionSyntax or InterpolatedStringExpressionSyntax or ThisExpressionSyntax or TypeOfExpressionSyntax or AnonymousObjectCreationExpressionSyntax or PrefixUnaryExpressionSyntax);

    // Names of methods with a loop or an execution, and of those that hand on to one of these.
    private HashSet<string> Names(CancellationToken cancellation)
    {
        var takers = model.Compilation.SyntaxTrees.SelectMany(tree => Declared.Of(tree, cancellation)).Where(taker => MayTakeFunction(taker, cancellation)).ToList();
        var found = new HashSet<string>(takers.Where(taker => taker.MayRepeat).Select(taker => taker.Name), StringComparer.Ordinal);
        var open = new Queue<string>(found.Concat(model.Catalogue.MembersWhere(entry => entry.Role == CatalogueRole.ResilientExecute).Keys));
        var byTarget = takers.SelectMany(taker => taker.HandsTo.Select(target => (Target: target, taker.Name))).ToLookup(taker => taker.Target, taker => taker.Name, StringComparer.Ordinal);
        while (open.Count > 0)
            foreach (var name in byTarget[open.Dequeue()])
                if (found.Add(name))
                    open.Enqueue(name);
        return found;
    }

    // What a method declares costs no body.
    private bool MayTakeFunction(Taker taker, CancellationToken cancellation) =>
        model.SemanticsOf(taker.Method.SyntaxTree).GetDeclaredSymbol(taker.Method, cancellation)?.Parameters.Any(parameter => parameter.Type.TypeKind is TypeKind.Delegate or TypeKind.TypeParameter) == true;

    private static IEnumerable<Taker> TakersIn(SyntaxNode root)
    {
        foreach (var method in root.Declarations().OfType<MethodDeclarationSyntax>())
        {
            var functions = method.ParameterList.Parameters.Where(parameter => MayBeDelegate(parameter.Type)).Select(parameter => parameter.Identifier.ValueText).ToList();
            if (functions.Count == 0)
                continue;
            var nodes = method.DescendantNodes().ToList();
            var uses = nodes.OfType<IdentifierNameSyntax>().Where(name => functions.Contains(name.Identifier.ValueText)).ToList();
            var objects = uses.Where(IsOfObject).Select(use => use.Identifier.ValueText).Except(method.ParameterList.Parameters.Where(IsFunction).Select(parameter => parameter.Identifier.ValueText)).ToList();
            uses.RemoveAll(use => objects.Contains(use.Identifier.ValueText));
            if (uses.Count > 0)
                yield return new Taker(
                    method,
                    nodes.Any(node => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or GotoStatementSyntax or CatchClauseSyntax),
                    [.. uses.SelectMany(use => use.Ancestors().TakeWhile(node => node != method).OfType<InvocationExpressionSyntax>()).Select(NameOf).OfType<SimpleNameSyntax>().Select(name => name.Identifier.ValueText).Distinct()]);
        }
    }

    // line.Sku: a function has no members but those of all delegates.
    private static bool IsOfObject(IdentifierNameSyntax use) =>
        use.Parent is MemberAccessExpressionSyntax access && access.Expression == use
        && access.Name.Identifier.ValueText is not ("Invoke" or "DynamicInvoke" or "BeginInvoke" or "EndInvoke" or "GetInvocationList" or "Method" or "Target" or "Equals" or "GetHashCode" or "GetType" or "ToString" or "Clone");

    private bool TakesFunction(IMethodSymbol method) => model.Declares(method) && (method.ReducedFrom ?? method).Parameters.Any(parameter => parameter.Type.TypeKind == TypeKind.Delegate);

    private static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        SimpleNameSyntax name => name,
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax access => access.Name,
        _ => null,
    };

    private static bool IsFunction(ParameterSyntax parameter) =>
        (parameter.Type is NullableTypeSyntax nullable ? nullable.ElementType : parameter.Type) is SimpleNameSyntax { Identifier.ValueText: "Func" or "Action" };

    // Tokens of cancellation are in every signature.
    private static bool MayBeDelegate(TypeSyntax? type) => type switch
    {
        NullableTypeSyntax nullable => MayBeDelegate(nullable.ElementType),
        SimpleNameSyntax name => name.Identifier.ValueText != nameof(CancellationToken),
        NameSyntax => true,
        _ => false,
    };

    /// <summary>A method that may take a function.</summary>
    /// <param name="Method">Its declaration.</param>
    /// <param name="MayRepeat">Whether it has a loop, or may begin anew.</param>
    /// <param name="HandsTo">The names of the calls that are given the function, or something with it.</param>
    private sealed record Taker(MethodDeclarationSyntax Method, bool MayRepeat, List<string> HandsTo)
    {
        public string Name => Method.Identifier.ValueText;
    }
}
