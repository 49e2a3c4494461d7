using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Sharing;

/// <summary>Finds the state of a program that calls share and change without a lock.</summary>
internal sealed class SharedVariables(AgentModel model)
{
    private readonly ConcurrentDictionary<SyntaxTree, ImmutableArray<SharedVariable>> files = new();
    private readonly LockNames lockNames = new(model);

    public static SharedVariables Of(AgentModel model) => model.Shared(m => new SharedVariables(m));

    /// <summary>The unguarded shared state that the types of a file declare, in the order of the text.</summary>
    public ImmutableArray<SharedVariable> In(SemanticModel semantics, CancellationToken cancellation) =>
        files.TryGetValue(semantics.SyntaxTree, out var known) ? known : files.GetOrAdd(semantics.SyntaxTree, Find(semantics, cancellation));

    private ImmutableArray<SharedVariable> Find(SemanticModel semantics, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<SharedVariable>();
        var done = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var writes = new StateWrites(model, cancellation);
        foreach (var declaration in semantics.SyntaxTree.GetRoot(cancellation).Declarations().OfType<TypeDeclarationSyntax>())
            foreach (var variable in VariablesOf(declaration, semantics, cancellation))
                if (done.Add(variable) && Check(variable, semantics.SyntaxTree, writes, cancellation) is { } shared)
                    found.Add(shared);
        return found.ToImmutable();
    }

    // Fields and properties that can change at all, told by their text: most are read-only.
    private static IEnumerable<ISymbol> VariablesOf(TypeDeclarationSyntax type, SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var member in type.Members)
            switch (member)
            {
                case FieldDeclarationSyntax field when !field.Modifiers.Any(m => m.ValueText == "const"):
                    foreach (var variable in field.Declaration.Variables)
                        if (semantics.GetDeclaredSymbol(variable, cancellation) is IFieldSymbol symbol)
                            yield return symbol;
                    break;
                case PropertyDeclarationSyntax { AccessorList: { } accessors } property when accessors.Accessors.All(a => a.Body == null && a.ExpressionBody == null) && !property.Modifiers.Any(m => m.ValueText == "abstract"):
                    if (semantics.GetDeclaredSymbol(property, cancellation) is { } declared)
                        yield return declared;
                    break;
            }
    }

    private SharedVariable? Check(ISymbol variable, SyntaxTree tree, StateWrites writes, CancellationToken cancellation)
    {
        var lifetimes = Lifetimes.Of(model);
        if (!CanChange(variable, writes))
            return null;
        var owner = lifetimes.OwnerOf(variable, cancellation);
        var mayBeShared = owner != null || (!variable.IsStatic && lifetimes.MayBeShared(variable.ContainingType, cancellation));
        if (!mayBeShared && (variable.IsStatic || !MayLock(variable.ContainingType, cancellation)))
            return null;
        var all = writes.Of(variable);
        if (!mayBeShared && (owner = LockedBy(variable, all, cancellation)) == null)
            return null;
        StateWrite? guarded = all.Where(write => write.IsGuarded).Cast<StateWrite?>().FirstOrDefault();
        SharedVariable? found = null;
        foreach (var write in all)
            // A file is told of what it does itself; of several places the one that is known to be reached tells most.
            if (!write.IsGuarded && write.Site.SyntaxTree == tree && (found == null || found.Entrance.Roots.IsEmpty)
                && CallerIndex.Of(model, cancellation).FunctionsAround(write.Site, cancellation).FirstOrDefault() is var writer
                && EntranceOf(write.Site, variable, cancellation) is var entrance && IsReached(owner, entrance, writer)
                && (found == null || !entrance.Roots.IsEmpty))
                found = new SharedVariable(
                    variable,
                    owner ?? new Owner(OwnerKind.Unknown, null, $"nothing shows that each call has its own '{variable.ContainingType.Name}'"),
                    write,
                    writer,
                    entrance,
                    guarded,
                    writes.IsSession(StateWrites.TypeOf(variable)))
                {
                    IsOfOneCall = all.Any(one => one.Change == StateChange.Parked) || writes.BeginsAnew(variable),
                };
        found ??= Disagreement(variable, owner, all, tree, writes, cancellation);
        return found != null && owner == null && lifetimes.IsMadeInSight(variable.ContainingType, cancellation) ? null : found;
    }

    // Told by the text, before anything is bound: most types lock nothing.
    private bool MayLock(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Any(reference => NameIndex.Of(reference.SyntaxTree, cancellation) is var index && (index.Mentions("lock") || lockNames.Members.Any(index.Mentions)));

    // Where no lifetime is known, a lock of the object's own around one change shows that several threads are expected to use it.
    private Owner? LockedBy(ISymbol variable, ImmutableArray<StateWrite> all, CancellationToken cancellation) =>
        !Entrances.Of(model).IsTurnBased(variable.ContainingType, cancellation)
        && all.FirstOrDefault(write => write.Locks.Any(gate => SymbolEqualityComparer.Default.Equals(gate.ContainingType, variable.ContainingType))) is { Site: { } site }
            ? new Owner(OwnerKind.Locked, site, $"'{variable.ContainingType.Name}' locks it elsewhere, so several threads are expected")
            : null;

    // Every change holds a lock: not the same one, or not the one that those who read should hold.
    private SharedVariable? Disagreement(
        ISymbol variable, Owner? owner, ImmutableArray<StateWrite> all, SyntaxTree tree, StateWrites writes, CancellationToken cancellation)
    {
        if (owner == null || all.IsEmpty || all.Any(write => !write.IsGuarded))
            return null;
        foreach (var write in all)
            if (write.Site.SyntaxTree == tree && all.FirstOrDefault(other => !other.SharesLockWith(write.Locks)) is { Site: not null } other && Reached(write.Site, write) is { } different)
                return different with { Fault = GuardFault.Different, Guarded = other };
        if (all.FirstOrDefault(write => write.Change == StateChange.Content) is not { Site: not null } change)
            return null;
        foreach (var read in writes.ReadsOf(variable))
            if (read.SyntaxTree == tree && LockSets.Of(model).HeldAt(read, cancellation) is var held && !all.Any(write => write.SharesLockWith(held))
                && Reached(read, new StateWrite(read, StateChange.Content, held)) is { } reader)
                return reader with { Fault = GuardFault.Reader, Guarded = change };
        return null;

        SharedVariable? Reached(SyntaxNode site, StateWrite write) =>
            EntranceOf(site, variable, cancellation) is var entrance && (!entrance.Roots.IsEmpty || (owner.Kind == OwnerKind.Locked && entrance.IsOpen))
                ? new SharedVariable(variable, owner, write, CallerIndex.Of(model, cancellation).FunctionsAround(site, cancellation).FirstOrDefault(), entrance, null, writes.IsSession(StateWrites.TypeOf(variable)))
                : null;
    }

    // Members that anybody may call are called while the program is put together, where that is what they are for.
    private Entrance EntranceOf(SyntaxNode write, ISymbol variable, CancellationToken cancellation)
    {
        var entrance = Entrances.Of(model).At(write, cancellation, variable.IsStatic);
        return entrance.IsOpen && entrance.Root == null && Lifetimes.Of(model).IsConfigured(variable.ContainingType, cancellation) ? Entrance.None : entrance;
    }

    // What is static is called by its name from anywhere: without a tool or root in sight, only asynchronous code shows that calls overlap.
    private static bool IsReached(Owner? owner, Entrance entrance, IMethodSymbol? writer) => !entrance.Roots.IsEmpty || owner?.Kind switch
    {
        OwnerKind.Static => entrance.IsOpen && (writer is { IsAsync: true } || !entrance.Others.IsEmpty),
        OwnerKind.Singleton or OwnerKind.Locked => entrance.IsOpen,
        _ => !entrance.Others.IsEmpty && entrance.IsOpen,
    };

    private static bool CanChange(ISymbol variable, StateWrites writes) =>
        variable switch
        {
            IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null or { IsInitOnly: true } } => writes.CollectionOf(variable) != null || writes.IsOneRun(variable),
            IFieldSymbol { IsVolatile: true } => false,
            _ => true,
        };
}
