using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Agents;

/// <summary>A tool that asks a model which may call it again.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Call">The call of the model.</param>
/// <param name="Name">Its name, where a report stands.</param>
/// <param name="Carrier">What carries the tools.</param>
/// <param name="Loop">What switches calls of tools on.</param>
internal sealed record Reentry(IMethodSymbol Tool, IInvocationOperation Call, SimpleNameSyntax Name, string Carrier, IOperation Loop);

/// <summary>
/// Finds tools that ask a model through the carrier of tools that called them, with calls of tools switched on: the model may ask for the
/// same tool again, within itself.
/// </summary>
internal sealed class Reentries(AgentModel model, CancellationToken cancellation)
{
    private const int MaxParts = 256;

    /// <summary>What a call of a model in a tool leads to; null where it does not come back to the tool.</summary>
    public Reentry? At(CatalogueUse use, SemanticModel semantics)
    {
        if (semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation call || ToolAround(use.Name, semantics) is not { } tool)
            return null;
        if (CarrierOf(call, tool) is not { } carrier || LoopOf(call) is not { } loop)
            return null;
        return new Reentry(tool, call, use.Name, carrier, loop);
    }

    private IMethodSymbol? ToolAround(SyntaxNode node, SemanticModel semantics)
    {
        for (var symbol = semantics.GetEnclosingSymbol(node.SpanStart, cancellation); symbol is IMethodSymbol method; symbol = symbol.ContainingSymbol)
            if ((model.RolesOf(method, cancellation) & MethodRoles.Tool) != 0)
                return method;
        return null;
    }

    // What the tool was given by whoever called it, or what its object was made with and then given to.
    private string? CarrierOf(IInvocationOperation call, IMethodSymbol tool)
    {
        foreach (var part in call.Arguments.Select(a => a.Value).Prepend(call.Receiver()).OfType<IOperation>())
            if (model.Is(part.Unwrap().Type, CatalogueRole.ToolCarrier))
                foreach (var source in new ValueSources(model, cancellation).Of(part))
                    if (source is IParameterReferenceOperation { Parameter: var parameter }
                        && (SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, tool) || IsGivenBack(parameter, tool)))
                        return parameter.Name;
        return null;
    }

    // kernel.ImportPluginFromObject(new Plugin(kernel))
    private bool IsGivenBack(IParameterSymbol parameter, IMethodSymbol tool)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor })
            return false;
        foreach (var registration in model.RoleRegistrations(cancellation))
        {
            if ((registration.Role & MethodRoles.Tool) == 0 || !SymbolEqualityComparer.Default.Equals(registration.Type?.OriginalDefinition, tool.ContainingType.OriginalDefinition)
                || model.SemanticsOf(registration.Site.SyntaxTree).GetOperation(registration.Site, cancellation) is not IInvocationOperation call)
                continue;
            var owner = call.Receiver()?.Unwrap();
            if (owner is IPropertyReferenceOperation { Instance: { } instance })
                owner = instance.Unwrap();
            if (SymbolOf(owner) is not { } carrier)
                continue;
            foreach (var made in call.Arguments.Select(a => a.Value.Unwrap()).OfType<IObjectCreationOperation>())
                if (made.Arguments.Any(a => a.Parameter?.Ordinal == parameter.Ordinal && SymbolEqualityComparer.Default.Equals(SymbolOf(a.Value.Unwrap()), carrier)))
                    return true;
        }

        return false;
    }

    private static ISymbol? SymbolOf(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation property => property.Property,
        _ => null,
    };

    // In the settings that the call is given, wherever they are made. Those that name the functions may leave the tool out.
    private IOperation? LoopOf(IInvocationOperation call)
    {
        var sources = new ValueSources(model, cancellation);
        var seen = new HashSet<SyntaxNode>();
        var open = new Queue<IOperation>(call.Arguments.Where(a => a.ArgumentKind != ArgumentKind.DefaultValue).Select(a => a.Value));
        while (open.Count > 0 && seen.Count < MaxParts)
            foreach (var source in sources.Of(open.Dequeue()))
            {
                if (!seen.Add(source.Syntax))
                    continue;
                foreach (var part in source.DescendantsAndSelf())
                    if (IsToolLoop(part))
                        return part;
                    else if (part is ILocalReferenceOperation or IFieldReferenceOperation)
                        open.Enqueue(part);
            }

        return null;
    }

    private bool IsToolLoop(IOperation part)
    {
        ISymbol? member = part switch
        {
            IInvocationOperation { TargetMethod: var method } => method,
            IPropertyReferenceOperation { Property: var property } => property,
            IFieldReferenceOperation { Field: var field } => field,
            _ => null,
        };
        if (model.Find(member, CatalogueRole.ToolLoop) is not { } loop)
            return false;
        foreach (var argument in (part as IInvocationOperation)?.Arguments ?? [])
            if (argument.ArgumentKind != ArgumentKind.DefaultValue
                && (argument.Parameter?.Name == loop["auto"] ? argument.Value.ConstantValue is not { HasValue: true, Value: true } : argument.Parameter?.Name == loop["tools"] && argument.Value.Unwrap().ConstantValue is not { HasValue: true, Value: null }))
                return false;
        return true;
    }
}
