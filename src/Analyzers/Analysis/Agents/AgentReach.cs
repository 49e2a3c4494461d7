using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Agents;

/// <summary>
/// Whether a file can have a part in a chain or a circle of agents: followed from the file alone, so that a program is not made a graph of
/// for each file that somebody types in. Takes more to be possible than the graph finds.
/// </summary>
internal sealed class AgentReach(AgentModel model)
{
    // What is handed to a model is called by a name that no text here says.
    private readonly CatalogueQuery grants = model.Query(entry => entry.Role is CatalogueRole.AgentAsTool or CatalogueRole.ToolFactory);

    // From here on anything is possible.
    private const int MaxMembers = 256;

    private readonly OncePerFile<Reach> files = new();
    private readonly ConcurrentDictionary<SyntaxNode, Member> members = new();
    private readonly ConcurrentDictionary<SyntaxNode, Ahead?> ahead = new();
    private volatile bool isTooMuch;

    public static AgentReach Of(AgentModel model) => model.Shared(m => new AgentReach(m));

    /// <summary>Whether a chain of so many agents may begin in a file.</summary>
    public bool MayChain(SyntaxTree tree, int agents, CancellationToken cancellation) => grants.IsMentionedIn(tree, cancellation) || In(tree, cancellation).Any(reach => reach.Beyond is not { } beyond || beyond + 1 >= agents);

    /// <summary>Whether a circle may begin in a file.</summary>
    public bool MayComeBack(SyntaxTree tree, CancellationToken cancellation) => In(tree, cancellation).Any(reach => reach.ComesBack);

    private IReadOnlyList<Reach> In(SyntaxTree tree, CancellationToken cancellation) =>
        files.Get(tree, () => [.. NamesIn(tree, cancellation).Select(MemberAround).Distinct().Select(member => From(member, cancellation))]);

    private IReadOnlyList<SimpleNameSyntax> NamesIn(SyntaxTree tree, CancellationToken cancellation) => RemoteWork.Of(model, cancellation).NamesIn(tree, cancellation);

    private Reach From(SyntaxNode start, CancellationToken cancellation)
    {
        if (Search(start, cancellation) is not { } reach)
            return new Reach(null, ComesBack: true);
        return new Reach(reach.Beyond, reach.Beyond == null && LeadsBack(start, cancellation));
    }

    // What a member leads to; null where anything is possible. Each member is searched once: after all that it leads to, unless there is a circle.
    private Ahead? Search(SyntaxNode start, CancellationToken cancellation)
    {
        if (ahead.TryGetValue(start, out var known))
            return known;
        // Where one search has found too much, the next one would as well: the graph tells them all.
        if (isTooMuch)
            return null;
        var found = new HashSet<SyntaxNode> { start };
        var left = new Dictionary<SyntaxNode, Ahead?>();
        var open = new Stack<(SyntaxNode Node, Member Member, int Next)>();
        open.Push((start, MemberAt(start, cancellation), 0));
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (found.Count > MaxMembers)
            {
                isTooMuch = true;
                return null;
            }

            var (node, member, next) = open.Pop();
            if (next < member.Steps.Length)
            {
                open.Push((node, member, next + 1));
                var to = member.Steps[next].To;
                if (!ahead.ContainsKey(to) && found.Add(to))
                    open.Push((to, MemberAt(to, cancellation), 0));
                continue;
            }

            var result = AheadOf(member, left, cancellation);
            left.Add(node, result);
            ahead.TryAdd(node, result);
        }

        return left[start];
    }

    private Ahead? AheadOf(Member member, Dictionary<SyntaxNode, Ahead?> left, CancellationToken cancellation)
    {
        if (member.IsOpen)
            return null;
        var (isAgent, beyond, hasCircle) = (member.Answers, 0, false);
        foreach (var step in member.Steps)
        {
            // What is not left yet leads here.
            if (!left.TryGetValue(step.To, out var next) && !ahead.TryGetValue(step.To, out next))
            {
                hasCircle = true;
                continue;
            }

            if (next is not { } to)
                return null;
            hasCircle |= to.Beyond == null;
            // A way to a model that passes on what it is given belongs to whoever takes it.
            var isOwn = step.IsOwn || MemberAt(step.To, cancellation).PassesOn;
            isAgent |= isOwn && to.IsAgent;
            beyond = Math.Max(beyond, (to.Beyond ?? 0) + (to.IsAgent && !isOwn ? 1 : 0));
        }

        return new Ahead(isAgent, hasCircle ? null : beyond);
    }

    // Whether a way from a member leads to itself. All that it leads to has been read.
    private bool LeadsBack(SyntaxNode start, CancellationToken cancellation)
    {
        var found = new HashSet<SyntaxNode>();
        var open = new Stack<SyntaxNode>();
        open.Push(start);
        while (open.Count > 0)
        {
            var member = MemberAt(open.Pop(), cancellation);
            if (member.IsOpen || found.Count > MaxMembers || member.Steps.Any(step => step.To == start))
                return true;
            foreach (var step in member.Steps)
                if (found.Add(step.To))
                    open.Push(step.To);
        }

        return false;
    }

    private Member MemberAt(SyntaxNode node, CancellationToken cancellation) => members.TryGetValue(node, out var known) ? known : members.GetOrAdd(node, Read(node, cancellation));

    private Member Read(SyntaxNode member, CancellationToken cancellation)
    {
        var answers = false;
        var passesOn = true;
        var steps = ImmutableArray.CreateBuilder<Step>();
        var names = NamesIn(member.SyntaxTree, cancellation);
        for (var i = FirstIn(member, names); i < names.Count && names[i] is var name && name.SpanStart < member.Span.End; i++)
            if (member.Span.Contains(name.Span))
                foreach (var (symbol, asked, isOwn) in MeantBy(name, cancellation))
                {
                    if (model.EntriesOf(symbol).Any(entry => entry.Answers()))
                    {
                        answers = true;
                        passesOn &= IsPassedOn(name, member);
                    }

                    // A local function is part of its member: it comes back where it is called by one.
                    if (symbol is not IMethodSymbol { MethodKind: MethodKind.LocalFunction })
                        steps.AddRange(BodiesOf(symbol, asked, cancellation).Select(body => new Step(body, isOwn)));
                    else if (name.FirstAncestorOrSelf<LocalFunctionStatementSyntax>() != null)
                        steps.Add(new Step(member, IsOwn: true));
                }

        if (Creates(member, cancellation))
            return Member.Unknown;
        if (answers || steps.Count > 0)
        {
            var grants = ToolGrants.Of(model, cancellation);
            if (!grants.IsEmpty && grants.MayBeUsedIn(member))
            {
                if (grants.All.Any(grant => grant.Agent != null))
                    return Member.Unknown;
                steps.AddRange(grants.All.SelectMany(grant => grant.Methods).SelectMany(method => BodiesOf(method, null, cancellation)).Select(body => new Step(body, IsOwn: false)));
            }
        }

        return new Member([.. steps.Distinct()], answers, answers && passesOn, IsOpen: false);
    }

    // Names come in the order of the text.
    private static int FirstIn(SyntaxNode member, IReadOnlyList<SimpleNameSyntax> names)
    {
        var (first, end) = (0, names.Count);
        while (first < end)
            if ((first + end) / 2 is var middle && names[middle].SpanStart < member.SpanStart)
                first = middle + 1;
            else
                end = middle;
        return first;
    }

    // await client.AskAsync(words), where one of the two is a parameter of the member. What a function within it asks, what nobody waits for, and
    // what an agent asks of itself is no answer that the member passes on.
    private static bool IsPassedOn(SimpleNameSyntax name, SyntaxNode member)
    {
        if (member is not BaseMethodDeclarationSyntax { ParameterList.Parameters: var parameters }
            || name.Parent is not MemberAccessExpressionSyntax { Expression: not (ThisExpressionSyntax or BaseExpressionSyntax) and var receiver, Parent: InvocationExpressionSyntax call } access
            || access.Name != name
            || call.Parent is not (AwaitExpressionSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax)
            || call.Ancestors().TakeWhile(node => node != member).Any(node => node is LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax))
            return false;
        return IsGiven(receiver) || (call.ArgumentList.Arguments.FirstOrDefault() is { NameColon: null } first && IsGiven(first.Expression));

        bool IsGiven(ExpressionSyntax value) => value is IdentifierNameSyntax identifier && parameters.Any(parameter => parameter.Identifier.ValueText == identifier.Identifier.ValueText);
    }

    private IEnumerable<(ISymbol Symbol, ITypeSymbol? Asked, bool IsOwn)> MeantBy(SimpleNameSyntax name, CancellationToken cancellation)
    {
        if (UnboundCalls.Of(model).At(name, cancellation) is { } call)
            return call.Candidates.Select(candidate => ((ISymbol)candidate, (ITypeSymbol?)call.On, candidate.IsStatic || call.Receiver is null or INamedTypeSymbol));
        var semantics = model.SemanticsOf(name.SyntaxTree);
        var symbol = semantics.GetSymbolInfo(name, cancellation).Symbol;
        if (symbol is not (IMethodSymbol or IPropertySymbol or IEventSymbol))
            return [];
        var receiver = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access.Expression : null;
        var isOwn = symbol.IsStatic || receiver is ThisExpressionSyntax or BaseExpressionSyntax || (receiver == null && name.Parent is not MemberBindingExpressionSyntax);
        return [(symbol, receiver != null ? semantics.GetTypeInfo(receiver, cancellation).Type : semantics.GetEnclosingSymbol(name.SpanStart, cancellation)?.ContainingType, isOwn)];
    }

    // The code behind a name; behind an agent of the program's own, the turns of its class.
    private IEnumerable<SyntaxNode> BodiesOf(ISymbol symbol, ITypeSymbol? asked, CancellationToken cancellation)
    {
        IEnumerable<ISymbol> run = symbol switch
        {
            IMethodSymbol method => [CallGraph.Of(model).Resolve(method)?.Implementation() ?? method],
            IPropertySymbol property => new[] { property.GetMethod, property.SetMethod }.OfType<IMethodSymbol>().Select(accessor => CallGraph.Of(model).Resolve(accessor)).OfType<IMethodSymbol>(),
            _ => [symbol],
        };
        for (var type = asked as INamedTypeSymbol; type != null && model.Declares(type); type = type.BaseType)
            run = run.Concat(type.GetMembers().OfType<IMethodSymbol>().Where(member => (model.RolesOf(member, cancellation) & MethodRoles.Agent) != 0).Select(member => member.Implementation()));
        return run.SelectMany(body => body.DeclaringSyntaxReferences)
            .Where(reference => model.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
            .Select(reference => MemberAround(reference.GetSyntax(cancellation)));
    }

    // An object whose making may lead to a model. Constructors, operators and indexers are called without a name of their own.
    private bool Creates(SyntaxNode member, CancellationToken cancellation)
    {
        var work = RemoteWork.Of(model, cancellation);
        return work.LeadsWithoutName
            && member.DescendantNodes().Any(node => node switch
            {
                ObjectCreationExpressionSyntax creation => creation.Type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(type => work.LeadsByCreating(type.Identifier.ValueText)),
                ImplicitObjectCreationExpressionSyntax creation => model.SemanticsOf(member.SyntaxTree).GetTypeInfo(creation, cancellation).Type is not { } type || work.LeadsByCreating(type.Name),
                ConstructorInitializerSyntax => true,
                BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or ElementAccessExpressionSyntax or CastExpressionSyntax => work.LeadsByOperator,
                _ => false,
            });
    }

    private static SyntaxNode MemberAround(SyntaxNode node) =>
        node.AncestorsAndSelf().FirstOrDefault(around => around is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? node.SyntaxTree.GetRoot();

    /// <summary>A step from a member to one that it calls.</summary>
    /// <param name="To">The other member.</param>
    /// <param name="IsOwn">Whether the step stays within its agent.</param>
    private readonly record struct Step(SyntaxNode To, bool IsOwn);

    /// <summary>A method, property or the like, with the local functions in it.</summary>
    /// <param name="Steps">What it calls.</param>
    /// <param name="Answers">Whether it asks a model.</param>
    /// <param name="PassesOn">Whether it does nothing else than to pass on what it is given.</param>
    /// <param name="IsOpen">Whether what it leads to cannot be told.</param>
    private sealed record Member(ImmutableArray<Step> Steps, bool Answers, bool PassesOn, bool IsOpen)
    {
        public static Member Unknown { get; } = new([], true, false, true);
    }

    /// <summary>What a member leads to.</summary>
    /// <param name="IsAgent">Whether it asks a model, itself or through the rest of its agent.</param>
    /// <param name="Beyond">How many further agents one after the other, at most; null where it leads to a circle.</param>
    private readonly record struct Ahead(bool IsAgent, int? Beyond);

    /// <summary>What a member leads to, as far as its file is asked.</summary>
    /// <param name="Beyond">How many further agents one after the other, at most; null where that cannot be told.</param>
    /// <param name="ComesBack">Whether a way leads back.</param>
    private sealed record Reach(int? Beyond, bool ComesBack);
}
