using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;

namespace AgentLint.Model;

/// <summary>Reads a method's roles off its declaration: attributes on it, on its parameters and on its type, and what it overrides or implements.</summary>
internal static class MethodRoleReader
{
    public static MethodRoles Read(AgentModel model, IMethodSymbol method)
    {
        var roles = MethodRoles.None;
        foreach (var entry in model.EntriesOf(method))
            roles |= entry.Role switch
            {
                CatalogueRole.ToolMember => MethodRoles.Tool,
                CatalogueRole.AgentMember => MethodRoles.Agent,
                CatalogueRole.WorkflowMember => MethodRoles.Workflow,
                CatalogueRole.ActivityMember => MethodRoles.Activity,
                CatalogueRole.ConsumerMember => MethodRoles.Consumer,
                _ => MethodRoles.None,
            };
        for (var m = method; m != null; m = m.OverriddenMethod)
            roles |= OfAttributes(model, m.GetAttributes(), entry => entry["on"] is null or "method");
        for (var type = method.ContainingType; type != null; type = type.BaseType)
            roles |= OfAttributes(model, type.GetAttributes(), entry => entry.List("methods").Contains(method.Name));
        foreach (var parameter in method.Parameters)
            roles |= OfAttributes(model, parameter.GetAttributes(), entry => entry["on"] is null or "parameter");
        return roles;
    }

    private static MethodRoles OfAttributes(AgentModel model, IEnumerable<AttributeData> attributes, Func<CatalogueEntry, bool> applies)
    {
        var roles = MethodRoles.None;
        foreach (var attribute in attributes)
            if (attribute.AttributeClass is { } type)
                foreach (var entry in model.EntriesOf(type))
                    if (applies(entry))
                        roles |= entry.Role switch
                        {
                            CatalogueRole.ToolAttribute => MethodRoles.Tool,
                            CatalogueRole.WorkflowAttribute => MethodRoles.Workflow,
                            CatalogueRole.WorkflowParameterAttribute => MethodRoles.Workflow,
                            CatalogueRole.ActivityAttribute => MethodRoles.Activity,
                            CatalogueRole.ActivityParameterAttribute => MethodRoles.Activity,
                            CatalogueRole.ConsumerAttribute => MethodRoles.Consumer,
                            CatalogueRole.HandlerAttribute => MethodRoles.Handler,
                            CatalogueRole.TestAttribute => MethodRoles.Test,
                            _ => MethodRoles.None,
                        };
        return roles;
    }
}
