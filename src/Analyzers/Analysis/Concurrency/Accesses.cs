using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>An object that is given to a method of the project.</summary>
/// <param name="Callee">The method that runs.</param>
/// <param name="Ordinal">The parameter that receives the object; <see cref="Accesses.Self"/> where the method is called on it.</param>
/// <param name="Path">The object.</param>
internal readonly record struct HandOver(IMethodSymbol Callee, int Ordinal, AccessPath Path);

/// <summary>How code leaves the statements that it stands in.</summary>
[Flags]
internal enum Jumps
{
    None = 0,
    Throws = 1,

    /// <summary>Goes on with the next iteration of a loop.</summary>
    Continues = 2,

    /// <summary>Returns, breaks out of a loop, goes elsewhere, or hands values out one by one.</summary>
    Leaves = 4,
}

/// <summary>What some code reads and changes itself, without the methods that it calls. Lambdas count as if they ran.</summary>
internal sealed class Accesses
{
    /// <summary>The ordinal of the object that a method is called on.</summary>
    public const int Self = -1;

    private readonly Mutability mutability;
    private readonly CallGraph graph;
    private readonly List<AccessPath> reads = [];
    private readonly List<AccessPath> assigned = [];
    private readonly List<AccessPath> changed = [];
    private readonly List<AccessPath> commanded = [];
    private readonly List<HandOver> handOvers = [];

    private Accesses(Mutability mutability, CallGraph graph)
    {
        this.mutability = mutability;
        this.graph = graph;
    }

    public IReadOnlyList<AccessPath> Reads => reads;

    /// <summary>What is set: variables and members.</summary>
    public IReadOnlyList<AccessPath> Assigned => assigned;

    /// <summary>The objects that are changed by calls of methods that the project does not have.</summary>
    public IReadOnlyList<AccessPath> Changed => changed;

    public IReadOnlyList<HandOver> HandOvers => handOvers;

    /// <summary>How the code may leave the statements that it stands in.</summary>
    public Jumps Jumps { get; private set; }

    /// <summary>Whether it makes calls for what they do, not for an answer: they may throw, or tell others.</summary>
    public bool Asserts { get; private set; }

    /// <summary>The objects that are told to do something: methods that the project does not have and that give nothing back.</summary>
    public IReadOnlyList<AccessPath> Commanded => commanded;

    /// <summary>Whether it calls something of which nobody here can say what it does.</summary>
    public bool CallsUnknown { get; private set; }

    /// <param name="code">The code.</param>
    /// <param name="except">Parts of it that do not count.</param>
    /// <param name="mutability">Says which values can change.</param>
    /// <param name="graph">Says which methods run.</param>
    /// <param name="cancellation">Ends the work with an exception.</param>
    public static Accesses Of(IOperation code, Func<IOperation, bool>? except, Mutability mutability, CallGraph graph, CancellationToken cancellation)
    {
        var accesses = new Accesses(mutability, graph);
        var open = new Stack<IOperation>();
        open.Push(code);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var operation = open.Pop();
            if (operation is INameOfOperation || (operation != code && operation is ILocalFunctionOperation) || except?.Invoke(operation) == true)
                continue;
            accesses.Add(operation, code);
            foreach (var child in operation.ChildOperations)
                open.Push(child);
        }

        return accesses;
    }

    private void Add(IOperation operation, IOperation code)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation declarator:
                assigned.Add(new AccessPath(declarator.Symbol));
                break;
            case IDeclarationPatternOperation { DeclaredSymbol: { } declared }:
                assigned.Add(new AccessPath(declared));
                break;
            case IRecursivePatternOperation { DeclaredSymbol: { } declared }:
                assigned.Add(new AccessPath(declared));
                break;
            case IReturnOperation or IThrowOperation or IBranchOperation when !IsWithin(operation, code):
                Jumps |= operation switch
                {
                    IThrowOperation => Jumps.Throws,
                    IBranchOperation { BranchKind: BranchKind.Continue } => Jumps.Continues,
                    _ => Jumps.Leaves,
                };
                break;
            case IInvocationOperation call:
                AddCall(call);
                break;
            // Code that does not compile shows nothing.
            case IInvalidOperation:
                CallsUnknown = true;
                break;
            case IObjectCreationOperation { Constructor: { } constructor } creation:
                AddArguments(constructor, creation.Arguments);
                break;
            case ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation or IArrayElementReferenceOperation or IInstanceReferenceOperation
                when !IsInnerPart(operation) && AccessPath.Of(operation) is { } path:
                AddUse(operation, path);
                break;
        }
    }

    // A return ends the lambda that it stands in; a break ends a loop within the code.
    private static bool IsWithin(IOperation jump, IOperation code)
    {
        for (var o = jump.Parent; o != null && o != code.Parent; o = o.Parent)
            if (o is IAnonymousFunctionOperation && o != code)
                return true;
            else if (jump is IBranchOperation { BranchKind: BranchKind.Break or BranchKind.Continue } branch
                && (o is ILoopOperation loop && (SymbolEqualityComparer.Default.Equals(loop.ExitLabel, branch.Target) || SymbolEqualityComparer.Default.Equals(loop.ContinueLabel, branch.Target))
                    || o is ISwitchOperation choice && SymbolEqualityComparer.Default.Equals(choice.ExitLabel, branch.Target)))
                return true;
        return false;
    }

    // history in history.Count: the whole expression is the path.
    private static bool IsInnerPart(IOperation operation)
    {
        var child = operation;
        var parent = operation.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            (child, parent) = (parent, parent.Parent);
        return parent switch
        {
            IMemberReferenceOperation member => member.Instance == child && member is IFieldReferenceOperation or IPropertyReferenceOperation,
            IArrayElementReferenceOperation element => element.ArrayReference == child,
            // What follows ?. begins with this.
            IConditionalAccessOperation access => access.Operation == child && access.WhenNotNull.Unwrap() is not IInvocationOperation,
            _ => false,
        };
    }

    private void AddUse(IOperation operation, AccessPath path)
    {
        var child = operation;
        var parent = operation.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation or IDeclarationExpressionOperation or ITupleOperation)
            (child, parent) = (parent, parent.Parent);
        switch (parent)
        {
            case ISimpleAssignmentOperation assignment when assignment.Target == child:
            case IDeconstructionAssignmentOperation deconstruction when deconstruction.Target == child:
                assigned.Add(path);
                break;
            case ICompoundAssignmentOperation compound when compound.Target == child:
            case ICoalesceAssignmentOperation coalesce when coalesce.Target == child:
            case IIncrementOrDecrementOperation:
                reads.Add(path);
                assigned.Add(path);
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Out }:
                assigned.Add(path);
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref }:
                reads.Add(path);
                assigned.Add(path);
                break;
            default:
                reads.Add(path);
                break;
        }
    }

    private void AddCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            // What a lambda does is read where it is written; where a stored delegate comes from is not known.
            CallsUnknown |= call.Instance?.Unwrap() is IFieldReferenceOperation or IPropertyReferenceOperation or IEventReferenceOperation or IConditionalAccessInstanceOperation;
            if (IsStatement(call) && AccessPath.Of(call.Instance) is { } callback)
                commanded.Add(callback);
            return;
        }

        var receiver = call.Receiver();
        var isShareable = receiver != null && mutability.IsShareable(receiver.Type) && !mutability.IsSession(receiver.Type);
        var isAddition = receiver != null && Mutability.IsCollection(receiver.Type);
        Asserts |= IsStatement(call) && !isShareable && !isAddition;
        var target = method.MethodKind == MethodKind.LocalFunction ? method.OriginalDefinition : graph.Resolve(method);
        if (IsInSource(target ?? method))
        {
            CallsUnknown |= target == null && !isShareable;
            if (target != null && call.Instance != null && AccessPath.Of(receiver) is { } self)
                handOvers.Add(new HandOver(target, Self, self));
            if (target != null)
                AddArguments(target, call.Arguments);
        }
        else if (receiver == null)
        {
            // Static commands of the base library are in the catalogue, or throw unless something holds; what those of others do is unknown.
            CallsUnknown |= method.ReturnsVoid && !IsOfBaseLibrary(method);
        }
        else if (!isShareable && AccessPath.Of(receiver) is { } path && ChangesReceiver(method, receiver.Type))
        {
            changed.Add(path);
            if (!isAddition)
                commanded.Add(path);
        }
    }

    private static bool IsStatement(IInvocationOperation call) =>
        call.Parent is IExpressionStatementOperation or IConditionalAccessOperation { Parent: IExpressionStatementOperation }
        || call.Parent is IAwaitOperation { Parent: IExpressionStatementOperation };

    private static bool IsOfBaseLibrary(IMethodSymbol method)
    {
        var space = method.ContainingNamespace;
        while (space is { ContainingNamespace: { IsGlobalNamespace: false } outer })
            space = outer;
        return space is { Name: "System" };
    }

    private void AddArguments(IMethodSymbol callee, IEnumerable<IArgumentOperation> arguments)
    {
        if (!IsInSource(callee))
            return;
        foreach (var argument in arguments)
            if (argument.Parameter is { } parameter && !mutability.IsShareable(argument.Value.Unwrap().Type) && AccessPath.Of(argument.Value) is { } path)
                handOvers.Add(new HandOver(callee.OriginalDefinition, parameter.Ordinal, path));
    }

    // By the shape of the method: commands give nothing back; collections have their verbs.
    private static bool ChangesReceiver(IMethodSymbol method, ITypeSymbol? receiver)
    {
        if (receiver is { IsValueType: true })
            return false;
        if (method.ReturnsVoid || method.ReturnType is INamedTypeSymbol { IsGenericType: false } task && task.IsTask())
            return true;
        return !method.IsExtensionMethod && Mutability.IsCollection(receiver) && Collections.IsChange(method);
    }

    private static bool IsInSource(ISymbol symbol) => symbol.Locations.Any(l => l.IsInSource);
}
