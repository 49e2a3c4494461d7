using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Calls;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis;

/// <summary>One call in a body: what is called, and where.</summary>
/// <param name="Named">The method that the source names.</param>
/// <param name="Target">The method that runs; null where that is not known.</param>
/// <param name="Site">The expression.</param>
internal readonly record struct Call(IMethodSymbol Named, IMethodSymbol? Target, SyntaxNode Site)
{
    /// <summary>The few methods of which one runs, where that is all that is known.</summary>
    public ImmutableArray<IMethodSymbol> Candidates { get; init; } = [];

    /// <summary>Whether the target is one of several candidates.</summary>
    public bool IsPossible { get; init; }

    /// <summary>What the catalogue is asked about: it knows properties, a call graph their accessors.</summary>
    public ISymbol Member => Named.AssociatedSymbol as IPropertySymbol ?? (ISymbol)Named;

    /// <summary>The call with its target; where that is one of a few, once for each.</summary>
    public IEnumerable<Call> Followed
    {
        get
        {
            var call = this;
            return Target != null ? [call] : Candidates.IsDefaultOrEmpty ? [] : Candidates.Select(target => call with { Target = target, IsPossible = true });
        }
    }
}

/// <summary>
/// Who calls whom: calls, constructors, accessors, operators, local functions, and the delegates that run now. Each body is read once.
/// </summary>
internal sealed class CallGraph(AgentModel model)
{
    // How many parameters are looked at for one delegate that methods hand on to each other.
    private const int MaxHandOvers = 64;

    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<Call>> bodies = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IParameterSymbol, bool> runParameters = new(SymbolEqualityComparer.Default);
    private readonly Lazy<Implementations> implementations = new(() => new Implementations(model));

    public static CallGraph Of(AgentModel model) => model.Shared(m => new CallGraph(m));

    /// <summary>The calls that a method makes itself, in the order of the text. Empty where it has no source here.</summary>
    public ImmutableArray<Call> CallsOf(IMethodSymbol method, CancellationToken cancellation)
    {
        if (bodies.TryGetValue(method, out var known))
            return known;
        if (!MethodBodies.HasSource(method, model) && method.MethodKind is not (MethodKind.Constructor or MethodKind.StaticConstructor))
            return [];
        var calls = ImmutableArray.CreateBuilder<Call>();
        foreach (var body in MethodBodies.Of(method, model, cancellation))
            Collect(body, method.ContainingType, calls, cancellation);
        return bodies.GetOrAdd(method, calls.ToImmutable());
    }

    /// <summary>The method that a call runs; null where that is not known.</summary>
    public IMethodSymbol? Resolve(IMethodSymbol method, INamedTypeSymbol? from = null) => implementations.Value.Resolve(method, from);

    /// <summary>The methods of which a call runs one: the one that is known, or a few that are possible.</summary>
    public ImmutableArray<IMethodSymbol> MayRun(IMethodSymbol method, INamedTypeSymbol? from = null) => implementations.Value.May(method, from);

    /// <summary>The calls that evaluating an operation makes.</summary>
    public ImmutableArray<Call> CallsIn(IOperation operation, CancellationToken cancellation)
    {
        var calls = ImmutableArray.CreateBuilder<Call>();
        Collect(operation, operation.SemanticModel?.GetEnclosingSymbol(operation.Syntax.SpanStart, cancellation)?.ContainingType, calls, cancellation);
        return calls.ToImmutable();
    }

    // An explicit stack: an expression can be thousands of operators deep.
    private void Collect(IOperation root, INamedTypeSymbol? from, ImmutableArray<Call>.Builder calls, CancellationToken cancellation)
    {
        var open = new Stack<IOperation>();
        var called = new HashSet<SyntaxNode>();
        open.Push(root);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var operation = open.Pop();
            if (operation != root && operation is ILocalFunctionOperation or INameOfOperation)
                continue;
            if (operation != root && operation is IAnonymousFunctionOperation lambda && !called.Contains(lambda.Syntax) && !RunsNow(lambda, cancellation))
                continue;
            AddCalls(operation, from, calls, cancellation);
            // Code in a local delegate runs where it is called; it is read once, as a delegate can call itself.
            if (operation is IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } invoke && LocalDelegate(invoke, cancellation) is { } function && called.Add(function.Syntax))
            {
                if (function is IMethodReferenceOperation { Method: var method })
                    Add(method, from, function.Syntax, calls, isVirtual: true);
                else
                    open.Push(function);
            }
            else if (operation is IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } kept && KeptDelegate(kept, cancellation) is { } target)
                Add(target, from, kept.Syntax, calls, isVirtual: target.MethodKind != MethodKind.AnonymousFunction);

            foreach (var child in operation.ChildOperations.Reverse())
                open.Push(child);
        }
    }

    private void AddCalls(IOperation operation, INamedTypeSymbol? from, ImmutableArray<Call>.Builder calls, CancellationToken cancellation)
    {
        switch (operation)
        {
            case IInvocationOperation { TargetMethod.MethodKind: not MethodKind.DelegateInvoke } call:
                Add(call.TargetMethod, from, call.Syntax, calls, call.IsVirtual);
                // sender.Send(new PayOrder()): what handles it runs here.
                foreach (var handler in Dispatch.Of(model).HandlersOf(call))
                    Add(handler, from, call.Syntax, calls);
                break;
            case IMethodReferenceOperation group when RunsNow(group, cancellation):
                Add(group.Method, from, group.Syntax, calls, group.IsVirtual);
                break;
            case IObjectCreationOperation { Constructor: { } constructor } creation:
                Add(constructor, from, creation.Syntax, calls);
                break;
            case IPropertyReferenceOperation property:
                var isVirtual = property.Instance?.Syntax is not BaseExpressionSyntax;
                if (IsRead(property) && property.Property.GetMethod is { } getter)
                    Add(getter, from, property.Syntax, calls, isVirtual, property.Property);
                if (IsWritten(property) && property.Property.SetMethod is { } setter)
                    Add(setter, from, property.Syntax, calls, isVirtual, property.Property);
                break;
            case IBinaryOperation { OperatorMethod: { } binary }:
                Add(binary, from, operation.Syntax, calls);
                break;
            case IUnaryOperation { OperatorMethod: { } unary }:
                Add(unary, from, operation.Syntax, calls);
                break;
            case IIncrementOrDecrementOperation { OperatorMethod: { } increment }:
                Add(increment, from, operation.Syntax, calls);
                break;
            case ICompoundAssignmentOperation { OperatorMethod: { } compound }:
                Add(compound, from, operation.Syntax, calls);
                break;
            case IConversionOperation { OperatorMethod: { } conversion }:
                Add(conversion, from, operation.Syntax, calls);
                break;
        }
    }

    private void Add(IMethodSymbol method, INamedTypeSymbol? from, SyntaxNode site, ImmutableArray<Call>.Builder calls, bool isVirtual = false, IPropertySymbol? property = null)
    {
        // Auto-properties and what other assemblies' properties do is nothing to follow.
        if (property != null && !MethodBodies.HasSource(method, model) && !method.IsAbstract && !method.IsVirtual && model.EntriesOf(property).IsEmpty && !ForeignFacts.Of(model).Tell(method, CancellationToken.None))
            return;
        var target = method.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction ? method
            : isVirtual ? implementations.Value.Resolve(method, from)
            : (method.ReducedFrom ?? method).OriginalDefinition;
        // An interface of the program's own that a library's type implements, as one over a DbContext: it means what the library means.
        if (property == null && target != null && isVirtual && !MethodBodies.HasSource(target, model) && model.EntriesOf(method).IsEmpty && !model.EntriesOf(target).IsEmpty)
            method = target;
        calls.Add(target != null || !isVirtual ? new Call(method, target, site) : new Call(method, target, site) { Candidates = implementations.Value.May(method, from) });
    }

    // A delegate that a field or property holds, set once: private readonly Func<Task> send = …
    private IMethodSymbol? KeptDelegate(IInvocationOperation invoke, CancellationToken cancellation)
    {
        if (invoke.Receiver()?.Unwrap() is not (IFieldReferenceOperation or IPropertyReferenceOperation) || invoke.Receiver() is not { } holder)
            return null;
        var values = new ValueSources(model, cancellation).Of(holder, out var isComplete);
        return !isComplete || values.Count != 1 ? null : values[0].Unwrap() switch
        {
            IAnonymousFunctionOperation lambda => lambda.Symbol,
            IMethodReferenceOperation group => group.Method,
            _ => null,
        };
    }

    private static IOperation? LocalDelegate(IInvocationOperation invoke, CancellationToken cancellation) =>
        invoke.Receiver()?.Unwrap() is ILocalReferenceOperation { Local: var local } && invoke.SemanticModel is { } semantics
        && local.InitializerOf(semantics, cancellation)?.Unwrap() is { } value and (IMethodReferenceOperation or IAnonymousFunctionOperation)
            ? value
            : null;

    /// <summary>Whether a delegate runs before the call that takes it returns, or before what that call returns has ended.</summary>
    public bool RunsNow(IOperation function, CancellationToken cancellation) => RunsNow(function, null, cancellation);

    private bool RunsNow(IOperation function, HashSet<IParameterSymbol>? asked, CancellationToken cancellation)
    {
        var argument = function.Parent;
        while (argument is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            argument = argument.Parent;
        return argument switch
        {
            IArgumentOperation { Parameter: { } parameter, Parent: IInvocationOperation call } => Runs(parameter, call.TargetMethod, asked, cancellation),
            IArgumentOperation { Parameter: { } parameter, Parent: IObjectCreationOperation { Constructor: { } constructor } } => Runs(parameter, constructor, asked, cancellation),
            // (() => …)() is called on the spot.
            IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } => true,
            _ => false,
        };
    }

    private bool Runs(IParameterSymbol parameter, IMethodSymbol method, HashSet<IParameterSymbol>? asked, CancellationToken cancellation)
    {
        if (model.EntriesOf(method).Any(e => e.Role is CatalogueRole.RunsDelegate or CatalogueRole.ResilientExecute or CatalogueRole.Continuation))
            return true;
        parameter = parameter.OriginalDefinition;
        if (!MethodBodies.HasSource(method, model))
            return false;
        // Only the first answer is kept: the others depend on who asked. A delegate that goes round in circles is asked about once.
        if (asked == null)
            return runParameters.TryGetValue(parameter, out var known)
                ? known
                : runParameters.GetOrAdd(parameter, IsInvokedIn(method, parameter, new(SymbolEqualityComparer.Default) { parameter }, cancellation));
        return asked.Count < MaxHandOvers && asked.Add(parameter) && IsInvokedIn(method, parameter, asked, cancellation);
    }

    // A method of the source runs its delegate parameter when its body calls it, or hands it to a call that runs it.
    private bool IsInvokedIn(IMethodSymbol method, IParameterSymbol parameter, HashSet<IParameterSymbol> asked, CancellationToken cancellation)
    {
        foreach (var body in MethodBodies.Of(method, model, cancellation))
            foreach (var operation in body.Descendants())
                if (operation is IParameterReferenceOperation reference && reference.Parameter.Ordinal == parameter.Ordinal && reference.Parameter.Name == parameter.Name
                    && (IsInvoked(reference) || RunsNow(reference, asked, cancellation))
                    && LambdasAround(reference, body).All(lambda => RunsNow(lambda, asked, cancellation)))
                    return true;

        return false;
    }

    // f(), f.Invoke(), f?.Invoke()
    private static bool IsInvoked(IOperation function)
    {
        var use = function.Parent;
        while (use is IConversionOperation)
            use = use.Parent;
        return use is IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke }
            || (use is IConditionalAccessOperation access && access.WhenNotNull.DescendantsAndSelf()
                .Any(o => o is IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke, Instance: IConditionalAccessInstanceOperation }));
    }

    private static IEnumerable<IOperation> LambdasAround(IOperation operation, IOperation body)
    {
        for (var around = operation.Parent; around != null && around != body; around = around.Parent)
            if (around is IAnonymousFunctionOperation)
                yield return around;
    }

    private static bool IsRead(IPropertyReferenceOperation property) =>
        property.Parent is not ISimpleAssignmentOperation assignment || assignment.Target != property;

    private static bool IsWritten(IPropertyReferenceOperation property) =>
        property.Parent is IAssignmentOperation assignment ? assignment.Target == property : property.Parent is IIncrementOrDecrementOperation;
}
