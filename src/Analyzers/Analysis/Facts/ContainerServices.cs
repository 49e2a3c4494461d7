using System.Collections.Immutable;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Facts;

/// <summary>
/// What a program puts into its container: by its own calls, and by those of other projects, as <c>AddInfrastructure(services)</c>, whose facts say what
/// they register.
/// </summary>
internal sealed class ContainerServices
{
    private readonly AgentModel model;

    private ContainerServices(AgentModel model, CancellationToken cancellation)
    {
        this.model = model;
        All = [.. model.ServiceRegistrations(cancellation), .. OfOthers(cancellation)];
    }

    /// <summary>All registrations; one that another project makes stands where that is called.</summary>
    public ImmutableArray<ServiceRegistration> All { get; }

    public static ContainerServices Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<ContainerServices>()).Get(() => new ContainerServices(model, cancellation));

    private IEnumerable<ServiceRegistration> OfOthers(CancellationToken cancellation)
    {
        var foreign = ForeignFacts.Of(model);
        var names = new NameSet(foreign.NamesWhere(member => !member.Registered.IsEmpty, cancellation));
        foreach (var tree in model.Compilation.SyntaxTrees)
        {
            var index = NameIndex.Of(tree, cancellation);
            foreach (var use in index.Among(names).SelectMany(name => index.Uses(name, tree.GetRoot(cancellation))).OrderBy(use => use.SpanStart))
                if (use.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } site
                    && model.SemanticsOf(tree).GetOperation(site, cancellation) is IInvocationOperation { TargetMethod: var method }
                    && method.Name == use.Identifier.ValueText
                    && foreign.Of(method, cancellation) is { Registered: var registered })
                    foreach (var fact in registered)
                        if (TypeOf(fact.Service) is { } service && TypeOf(fact.Implementation) is { } made)
                            yield return new ServiceRegistration(service, made, fact.Lifetime, null, fact.IsMade, site);
        }
    }

    private INamedTypeSymbol? TypeOf(string name) => model.Compilation.GetTypesByMetadataName(name) is { Length: 1 } found ? found[0] : null;
}
