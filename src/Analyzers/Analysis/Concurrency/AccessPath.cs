using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Concurrency;

/// <summary>
/// What code reads or changes, as far as two places are told apart: a variable, or one member of what it holds. What lies deeper counts
/// as that member.
/// </summary>
/// <param name="Root">A local or parameter; a static member, or one of the object itself; the type where the object itself is meant.</param>
/// <param name="Member">The first member behind the root; null where the whole is meant.</param>
internal readonly record struct AccessPath(ISymbol Root, ISymbol? Member = null)
{
    /// <summary>Whether a change of one can be a change of the other.</summary>
    public bool Overlaps(AccessPath other) =>
        SymbolEqualityComparer.Default.Equals(Root, other.Root)
        && (Member == null || other.Member == null || SymbolEqualityComparer.Default.Equals(Member, other.Member));

    /// <summary>The path that an expression names; null where it makes a value of its own.</summary>
    public static AccessPath? Of(IOperation? operation)
    {
        // The members on the way, the innermost first.
        var members = new Stack<ISymbol>();
        while (operation != null)
        {
            operation = operation.Unwrap();
            switch (operation)
            {
                case ILocalReferenceOperation local:
                    return From(local.Local);
                case IParameterReferenceOperation parameter:
                    return From(parameter.Parameter);
                case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance, Type: { } type }:
                    return members.Count == 0 ? new AccessPath(type) : From(members.Pop());
                case IFieldReferenceOperation { Instance: null } field:
                    return From(field.Field);
                case IPropertyReferenceOperation { Instance: null } property:
                    return From(property.Property);
                case IFieldReferenceOperation field:
                    members.Push(field.Field);
                    operation = field.Instance;
                    break;
                // An element stands for its whole collection.
                case IPropertyReferenceOperation { Property.IsIndexer: true } element:
                    members.Clear();
                    operation = element.Instance;
                    break;
                case IArrayElementReferenceOperation element:
                    members.Clear();
                    operation = element.ArrayReference;
                    break;
                case IPropertyReferenceOperation property:
                    members.Push(property.Property);
                    operation = property.Instance;
                    break;
                case IConditionalAccessInstanceOperation instance:
                    operation = instance.ConditionalOperand();
                    break;
                default:
                    return null;
            }
        }

        return null;

        AccessPath From(ISymbol root) => new(root, members.Count == 0 ? null : members.Peek());
    }
}
