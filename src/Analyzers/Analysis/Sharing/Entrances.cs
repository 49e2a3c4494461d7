using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Sharing;

/// <summary>
/// Who can run some code, and whether several can at once: found from the code outwards, through its callers, to what a host calls. Code that only
/// a program's start, its end or a test reaches is reached by nobody else.
/// </summary>
internal sealed class Entrances(AgentModel model)
{
    // How many functions are looked at for one place.
    private const int MaxFunctions = 300;

    // What runs as often at once as agents do.
    private const MethodRoles RunByAgents = MethodRoles.Tool | MethodRoles.Agent | MethodRoles.Hook;

    private readonly ConcurrentDictionary<IMethodSymbol, Entrance> known = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Entrance> knownOfStatics = new(SymbolEqualityComparer.Default);
    private object? runsSeveral;
    private object? isOpen;

    public static Entrances Of(AgentModel model) => model.Shared(m => new Entrances(m));

    /// <summary>From where a place in the text is reached.</summary>
    /// <param name="place">The place.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    /// <param name="ofStatic">Whether static state is asked about: objects that take turns, each for itself, share it.</param>
    public Entrance At(SyntaxNode place, CancellationToken cancellation, bool ofStatic = false)
    {
        var functions = CallerIndex.Of(model, cancellation).FunctionsAround(place, cancellation).ToList();
        if (functions.Count == 1)
            return Of(functions[0], cancellation, ofStatic);
        // A lambda is run by whom it was given to; the functions around it only made it.
        return functions.Count == 0 || (functions[0].DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is AnonymousFunctionExpressionSyntax lambda && IsGivenToTimer(lambda, cancellation)) ? Entrance.None
            : RootsOf(functions[0], ofStatic, cancellation) is { Root: not null } own ? own
            : Of(functions[functions.Count - 1], cancellation, ofStatic);
    }

    /// <summary>From where a function is reached.</summary>
    public Entrance Of(IMethodSymbol function, CancellationToken cancellation, bool ofStatic = false)
    {
        var answers = ofStatic ? knownOfStatics : known;
        return answers.TryGetValue(function, out var entrance) ? entrance : answers.GetOrAdd(function, RootsOf(function, ofStatic, cancellation));
    }

    /// <summary>
    /// Whether the program's host runs several tools at once: it answers requests or messages, serves tools to others, or says so. A console in which one
    /// person talks to one agent does not.
    /// </summary>
    public bool RunsSeveral(CancellationToken cancellation)
    {
        if (Volatile.Read(ref runsSeveral) is not bool several)
            Volatile.Write(ref runsSeveral, several = Serves(cancellation));
        return several;
    }

    /// <summary>Whether some code belongs to a test, to a class within one, or to a folder of tests.</summary>
    public bool IsOfTests(ISymbol member, CancellationToken cancellation)
    {
        if (TestPlaces.Of(model, cancellation).Contains(member.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree))
            return true;
        for (var symbol = member; symbol is { ContainingType: not null }; symbol = symbol.ContainingType)
            if (CodePlace.IsOfTests(symbol, model, cancellation))
                return true;
        return false;
    }

    /// <summary>Whether a method starts or ends the program, or puts it together.</summary>
    public bool IsOfStart(IMethodSymbol function, CancellationToken cancellation) =>
        function.MethodKind is MethodKind.Constructor or MethodKind.StaticConstructor
        || SymbolEqualityComparer.Default.Equals(function, model.Compilation.GetEntryPoint(cancellation))
        || model.Find(function, CatalogueRole.RunsOnce) != null
        || function.Parameters.Any(parameter => model.Is(parameter.Type, CatalogueRole.Builder))
        || (function.MethodKind == MethodKind.AnonymousFunction && model.IsServiceFactory(function, cancellation));

    /// <summary>
    /// Whether only the program's start runs some code: what stands before the host runs, or a function that only such code calls. What the host keeps
    /// running, as a background service, is not the start.
    /// </summary>
    public bool IsOfStartAlone(SyntaxNode place, CancellationToken cancellation)
    {
        var index = CallerIndex.Of(model, cancellation);
        // A lambda is run by what it was given to; an entry point that runs no host does its own work.
        return EntryRunsHost(cancellation) && index.FunctionsAround(place, cancellation).FirstOrDefault() is { } function
            && (SymbolEqualityComparer.Default.Equals(function, model.Compilation.GetEntryPoint(cancellation))
                || (!IsRunByOthers(function) && index.IsOfEntryPointAlone(function, IsRunByOthers, cancellation)));

        bool IsRunByOthers(IMethodSymbol caller) =>
            caller.MethodKind != MethodKind.Ordinary || caller.IsOverride || (model.RolesOf(caller, cancellation) & MethodRoles.Root) != 0
            || model.Find(caller, CatalogueRole.RunsOnce) != null || MembersBehind(caller).Any();
    }

    private bool EntryRunsHost(CancellationToken cancellation) =>
        model.Compilation.GetEntryPoint(cancellation)?.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree is { } tree
        && model.Query(entry => entry.Role is CatalogueRole.WebHost or CatalogueRole.ServiceHost).In(tree, cancellation).Any();

    private Entrance RootsOf(IMethodSymbol start, bool ofStatic, CancellationToken cancellation)
    {
        var roots = ImmutableArray.CreateBuilder<IMethodSymbol>();
        var others = ImmutableArray.CreateBuilder<IMethodSymbol>();
        var isOpen = false;
        IMethodSymbol? visible = null;
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { start };
        var open = new Queue<IMethodSymbol>();
        open.Enqueue(start);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var function = open.Dequeue();
            var roles = model.RolesOf(function, cancellation);
            if (IsOfStart(function, cancellation) || IsOfTests(function, cancellation))
                continue;
            // What is replayed has a thread of its own.
            if ((roles & MethodRoles.Workflow) != 0)
                continue;
            if (!function.IsStatic && function.ContainingType is { } type && IsTurnBased(type, cancellation))
            {
                // Each object takes turns, and there are many of them.
                if (ofStatic && !IsOfScreen(type) && (IsVisibleOutside(function) || function.IsOverride || MembersBehind(function).Any()))
                    roots.Add(function);
                else if (ofStatic)
                    GoOn(function, seen, open, cancellation);
                continue;
            }

            if (IsOfThreadSafe(function))
                roots.Add(function);
            else if ((roles & (MethodRoles.Handler | MethodRoles.Consumer | MethodRoles.Activity | MethodRoles.Job)) != 0 || ((roles & RunByAgents) != 0 && RunsSeveral(cancellation)))
                roots.Add(function);
            else if ((roles & RunByAgents) != 0)
            {
                others.Add(function);
                isOpen = true;
            }
            else if (GoOn(function, seen, open, cancellation))
            {
                isOpen = true;
                visible ??= function;
            }
        }

        var found = new Entrance(Sorted(roots), Sorted(others), isOpen && IsOpen(cancellation)) { Visible = visible };
        return found.Root is { } root ? found with { RootName = EntryPointNames.NameOf(root, model, cancellation) } : found;
    }

    // A type that is declared thread-safe is held to it: any of its members may run beside any other.
    private bool IsOfThreadSafe(IMethodSymbol function) =>
        function is { IsStatic: false, DeclaredAccessibility: not Accessibility.Private, MethodKind: MethodKind.Ordinary, ContainingType: { } type } && Promises.Of(model).IsThreadSafe(type);

    // A screen has one thread for all of its objects.
    private bool IsOfScreen(INamedTypeSymbol type) => model.Is(type, CatalogueRole.UserInterface);

    // Whether others than the callers that were found may call.
    private bool GoOn(IMethodSymbol function, HashSet<IMethodSymbol> seen, Queue<IMethodSymbol> open, CancellationToken cancellation)
    {
        if (seen.Count >= MaxFunctions)
            return false;
        var index = CallerIndex.Of(model, cancellation);
        var names = index.NamesOf(function, cancellation);
        // A timer is one caller, which comes now and then.
        var others = names.Where(name => !IsGivenToTimer(name, cancellation)).ToList();
        var callers = others.SelectMany(name => index.FunctionsAround(name, cancellation)).ToList();
        var isOpen = false;
        foreach (var member in MembersBehind(function))
            if (model.Declares(member))
                callers.AddRange(index.UsesOf((member.AssociatedSymbol ?? member).OriginalDefinition, cancellation).SelectMany(use => index.FunctionsAround(use.Syntax, cancellation)));
            else
                isOpen = true;
        if (function.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction && function.ContainingSymbol is IMethodSymbol around
            && !(function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is AnonymousFunctionExpressionSyntax lambda && IsGivenToTimer(lambda, cancellation)))
            callers.Add(around.Implementation());
        foreach (var caller in callers)
            if (seen.Add(caller))
                open.Enqueue(caller);
        return isOpen || (callers.Count == 0 && others.Count == names.Count && function.MethodKind is MethodKind.Ordinary or MethodKind.PropertyGet or MethodKind.PropertySet && IsVisibleOutside(function));
    }

    // new Timer(Tick, …), new Timer(_ => Tick(), …)
    private bool IsGivenToTimer(ExpressionSyntax function, CancellationToken cancellation) =>
        (function.Parent is MemberAccessExpressionSyntax access && access.Name == function ? access : function).Parent is ArgumentSyntax { Parent.Parent: BaseObjectCreationExpressionSyntax creation }
        && model.SemanticsOf(creation.SyntaxTree).GetSymbolInfo(creation, cancellation).Symbol is { } constructor && model.Find(constructor, CatalogueRole.RunsLater) is { } entry && entry.Has("timer");

    /// <summary>What a method overrides or implements.</summary>
    private static IEnumerable<IMethodSymbol> MembersBehind(IMethodSymbol function)
    {
        for (var overridden = function.OverriddenMethod; overridden != null; overridden = overridden.OverriddenMethod)
            yield return overridden.OriginalDefinition;
        if (function.ContainingType is not { TypeKind: not TypeKind.Interface } type || function.MethodKind is not (MethodKind.Ordinary or MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.ExplicitInterfaceImplementation))
            yield break;
        foreach (var i in type.AllInterfaces)
            foreach (var member in i.GetMembers().OfType<IMethodSymbol>())
                if (SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), function))
                    yield return member.OriginalDefinition;
    }

    private static bool IsVisibleOutside(IMethodSymbol function)
    {
        for (ISymbol? symbol = function; symbol is not (null or INamespaceSymbol); symbol = symbol.ContainingSymbol)
            if (symbol.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal))
                return false;
        return true;
    }

    /// <summary>Whether the framework runs one call of an object at a time.</summary>
    public bool IsTurnBased(INamedTypeSymbol type, CancellationToken cancellation) =>
        model.EntriesOf(type).FirstOrDefault(entry => entry.Role == CatalogueRole.TurnBased) is { } entry && !(entry["unless"] is { } parameter && Says(type, parameter, cancellation));

    // base(…, declareCrossRunShareable: true)
    private bool Says(INamedTypeSymbol type, string parameter, CancellationToken cancellation)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
            if (model.Compilation.ContainsSyntaxTree(reference.SyntaxTree))
                foreach (var arguments in reference.GetSyntax(cancellation).DescendantNodes(node => node is TypeDeclarationSyntax or BaseListSyntax or PrimaryConstructorBaseTypeSyntax or ConstructorDeclarationSyntax or ConstructorInitializerSyntax).OfType<ArgumentListSyntax>())
                    if (arguments.Parent is PrimaryConstructorBaseTypeSyntax or ConstructorInitializerSyntax { RawKind: (int)SyntaxKind.BaseConstructorInitializer })
                        foreach (var argument in arguments.Arguments)
                            if (model.SemanticsOf(reference.SyntaxTree).GetOperation(argument, cancellation) is IArgumentOperation { Parameter: { } given, Value.ConstantValue: { HasValue: true, Value: true } } && given.Name == parameter)
                                return true;
        return false;
    }

    // Of a library, and of a server, which calls what it finds: pages, hubs, components.
    private bool IsOpen(CancellationToken cancellation)
    {
        if (Volatile.Read(ref isOpen) is not bool known)
            Volatile.Write(ref isOpen, known = model.Compilation.GetEntryPoint(cancellation) == null || IsServer(cancellation));
        return known;
    }

    private bool IsServer(CancellationToken cancellation)
    {
        var query = model.Query(entry => entry.Role == CatalogueRole.WebHost);
        return model.Compilation.SyntaxTrees.Any(tree => query.In(tree, cancellation).Any());
    }

    private bool Serves(CancellationToken cancellation)
    {
        if (IsServer(cancellation))
            return true;
        if (model.RoleRegistrations(cancellation).Any(registration => registration.Role is MethodRoles.Handler or MethodRoles.Consumer))
            return true;
        var marks = new NameSet(model.Catalogue.Entries.Where(entry => IsMark(entry) && model.IsPresent(entry)).SelectMany(entry => NamesOf(entry.SimpleTypeName.Split('`')[0])));
        var switches = model.Query(entry => entry.Role == CatalogueRole.ConcurrentTools);
        foreach (var tree in model.Compilation.SyntaxTrees)
            if (IsMarked(tree, marks, cancellation) || switches.In(tree, cancellation).Any(use => IsSwitchedOn(use.Name, cancellation)))
                return true;
        return false;
    }

    private static bool IsMark(CatalogueEntry entry) =>
        entry.Role is CatalogueRole.HandlerAttribute or CatalogueRole.HandlerType or CatalogueRole.ConsumerAttribute or CatalogueRole.ConsumerMember || (entry.Role == CatalogueRole.ToolAttribute && entry.Has("concurrent"));

    /// <summary>How a type is written in the text: an attribute mostly without its last word.</summary>
    public static IEnumerable<string> NamesOf(string type) =>
        type.EndsWith("Attribute", StringComparison.Ordinal) ? [type, type.Substring(0, type.Length - "Attribute".Length)] : [type];

    private static bool IsMarked(SyntaxTree tree, NameSet marks, CancellationToken cancellation)
    {
        var index = NameIndex.Of(tree, cancellation);
        return index.Among(marks).Any(name => index.Uses(name, tree.GetRoot(cancellation)).Any(use => use.FirstAncestorOrSelf<SyntaxNode>(node => node is AttributeSyntax or BaseTypeSyntax) != null));
    }

    private bool IsSwitchedOn(SimpleNameSyntax name, CancellationToken cancellation) =>
        name.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { } assignment && assignment.Left.Span.Contains(name.Span)
        && model.SemanticsOf(name.SyntaxTree).GetConstantValue(assignment.Right, cancellation) is { HasValue: true, Value: true };

    private static ImmutableArray<IMethodSymbol> Sorted(ImmutableArray<IMethodSymbol>.Builder functions) =>
        [.. functions.OrderBy(f => f.Locations.FirstOrDefault()?.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(f => f.Locations.FirstOrDefault()?.SourceSpan.Start)];
}
