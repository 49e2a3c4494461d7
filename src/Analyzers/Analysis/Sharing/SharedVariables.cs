using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Analysis.Sharing;

/// <summary>Finds the state of a program that calls share and change without a lock.</summary>
internal sealed class SharedVariables(AgentModel model)
{
    private readonly ConcurrentDictionary<SyntaxTree, ImmutableArray<SharedVariable>> files = new();

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
        if (owner == null && (variable.IsStatic || !lifetimes.MayBeShared(variable.ContainingType, cancellation)))
            return null;
        var all = writes.Of(variable);
        StateWrite? guarded = all.Where(write => write.IsGuarded).Cast<StateWrite?>().FirstOrDefault();
        SharedVariable? found = null;
        foreach (var write in all)
            // A file is told of what it does itself; of several places the one that is known to be reached tells most.
            if (!write.IsGuarded && write.Site.SyntaxTree == tree && (found == null || found.Entrance.Roots.IsEmpty)
                && CallerIndex.Of(model, cancellation).FunctionsAround(write.Site, cancellation).FirstOrDefault() is var writer
                && Entrances.Of(model).At(write.Site, cancellation) is var entrance && IsReached(owner, entrance, writer)
                && (found == null || !entrance.Roots.IsEmpty))
                found = new SharedVariable(
                    variable,
                    owner ?? new Owner(OwnerKind.Unknown, null, $"nothing says that each call has a '{variable.ContainingType.Name}' of its own"),
                    write,
                    writer,
                    entrance,
                    guarded,
                    writes.IsSession(StateWrites.TypeOf(variable)));
        return found != null && owner == null && lifetimes.IsMadeInSight(variable.ContainingType, cancellation) ? null : found;
    }

    // What is static is called by its name from anywhere: without a tool or root in sight, only asynchronous code shows that calls overlap.
    private static bool IsReached(Owner? owner, Entrance entrance, IMethodSymbol? writer) => !entrance.Roots.IsEmpty || owner?.Kind switch
    {
        OwnerKind.Static => entrance.IsOpen && (writer is { IsAsync: true } || !entrance.Others.IsEmpty),
        OwnerKind.Singleton => entrance.IsOpen,
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
