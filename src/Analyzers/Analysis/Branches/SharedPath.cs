using System.Collections.Immutable;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Branches;

/// <summary>A variable, or a member by member way from one to an object. Unlike an access path it names one object: elements of collections have none.</summary>
/// <param name="Root">A local or parameter, a static member, or the type of the object that the code stands in.</param>
/// <param name="Members">The fields and properties on the way, the nearest to the root first.</param>
internal readonly record struct SharedPath(ISymbol Root, ImmutableArray<ISymbol> Members)
{
    /// <summary>What a message calls it: the last member, or the variable.</summary>
    public string Name => Root is INamedTypeSymbol && Members.IsEmpty ? Root.Name : string.Join(".", (Root is INamedTypeSymbol ? [] : new[] { Root.Name }).Concat(Members.Select(member => member.Name)));

    public bool IsSame(SharedPath other) =>
        SymbolEqualityComparer.Default.Equals(Root, other.Root) && Members.SequenceEqual(other.Members, SymbolEqualityComparer.Default);

    public SharedPath Then(ImmutableArray<ISymbol> members) => this with { Members = Members.AddRange(members) };

    /// <summary>The path that an expression names; null where it need not be the same object each time.</summary>
    public static SharedPath? Of(IOperation? operation)
    {
        var members = new Stack<ISymbol>();
        while (operation != null)
        {
            operation = operation.Unwrap();
            switch (operation)
            {
                case ILocalReferenceOperation { Local.IsRef: false } local:
                    return new SharedPath(local.Local, [.. members]);
                // A parameter of the primary constructor is a field by another name.
                case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: var type } } parameter }:
                    return new SharedPath(type, [parameter, .. members]);
                case IParameterReferenceOperation parameter:
                    return new SharedPath(parameter.Parameter, [.. members]);
                case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance, Type: { } type }:
                    return new SharedPath(type, [.. members]);
                case IFieldReferenceOperation { Instance: null } field:
                    return new SharedPath(field.Field, [.. members]);
                case IFieldReferenceOperation field:
                    members.Push(field.Field);
                    operation = field.Instance;
                    break;
                case IPropertyReferenceOperation { Property: { IsIndexer: false } property } reference when IsKept(property):
                    if (reference.Instance == null)
                        return new SharedPath(property, [.. members]);
                    members.Push(property);
                    operation = reference.Instance;
                    break;
                case IConditionalAccessInstanceOperation instance:
                    operation = instance.ConditionalOperand();
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    // What a getter of the source computes may be another object each time; a library's property is taken to keep what it gives.
    private static bool IsKept(IPropertySymbol property) =>
        !property.Locations.Any(location => location.IsInSource)
        || property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
}
