using System.Collections.Immutable;
using System.Globalization;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Model;

/// <summary>Reads the calls that register tools, workflows, activities, handlers and services.</summary>
internal static class RegistrationReader
{
    /// <summary>What a program hands to models, workflow engines, brokers and hosts.</summary>
    public static ImmutableArray<RoleRegistration> ReadRoles(AgentModel model, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<RoleRegistration>();
        var query = model.Query(entry => RoleOf(entry) != MethodRoles.None);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                found.AddRange(ReadRoles(model, use, cancellation));
        found.AddRange(ConsumerLoops.Read(model, cancellation));
        return found.ToImmutable();
    }

    /// <summary>What a program puts into the container.</summary>
    public static ImmutableArray<ServiceRegistration> ReadServices(AgentModel model, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<ServiceRegistration>();
        var query = model.Query(entry => entry.Role == CatalogueRole.ServiceRegistration);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, cancellation))
                if (InvocationOf(use.Name) is { } site && model.SemanticsOf(tree).GetOperation(site, cancellation) is IInvocationOperation call)
                    found.Add(ReadService(use.Entry, call, site));
        return found.ToImmutable();
    }

    /// <summary>What a lambda becomes by the call that it is an argument of, or by the event or property that it is set to.</summary>
    public static MethodRoles RolesOf(AgentModel model, IAnonymousFunctionOperation lambda) =>
        TakerOf(lambda) is { } taker
            ? model.EntriesOf(taker).Aggregate(MethodRoles.None, (roles, entry) => entry.Has("expression") ? roles : roles | RoleOf(entry))
            : MethodRoles.None;

    /// <summary>Whether a lambda makes a service for the container.</summary>
    public static bool IsServiceFactory(AgentModel model, IAnonymousFunctionOperation lambda) =>
        TakerOf(lambda) is IMethodSymbol taker && model.Find(taker, CatalogueRole.ServiceRegistration) != null;

    private static ISymbol? TakerOf(IAnonymousFunctionOperation lambda)
    {
        var parent = lambda.Parent;
        while (parent is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
            parent = parent.Parent;
        return parent switch
        {
            IArgumentOperation { Parent: IInvocationOperation call } => call.TargetMethod,
            IEventAssignmentOperation { EventReference: IEventReferenceOperation { Event: var handled } } => handled,
            IAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } } => property,
            _ => null,
        };
    }

    private static MethodRoles RoleOf(CatalogueEntry entry) => entry.Role switch
    {
        CatalogueRole.ToolFactory or CatalogueRole.ToolRegistration => MethodRoles.Tool,
        CatalogueRole.WorkflowFactory => MethodRoles.Workflow,
        CatalogueRole.ActivityFactory or CatalogueRole.ActivityRegistration => MethodRoles.Activity,
        CatalogueRole.HandlerFactory => MethodRoles.Handler,
        CatalogueRole.ConsumerFactory => MethodRoles.Consumer,
        // What is run again when it fails is delivered until it has succeeded.
        CatalogueRole.JobFactory => entry.Has("retried") ? MethodRoles.Consumer : MethodRoles.Job,
        _ => MethodRoles.None,
    };

    private static SyntaxNode ExpressionOf(SimpleNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax or MemberBindingExpressionSyntax ? name.Parent : name;

    private static InvocationExpressionSyntax? InvocationOf(SimpleNameSyntax name) => ExpressionOf(name).Parent as InvocationExpressionSyntax;

    private static IEnumerable<RoleRegistration> ReadRoles(AgentModel model, CatalogueUse use, CancellationToken cancellation)
    {
        var (name, entry, semantics) = (use.Name, use.Entry, model.SemanticsOf(use.Name.SyntaxTree));
        if (InvocationOf(name) is { } site)
            return semantics.GetOperation(site, cancellation) is IInvocationOperation call ? ReadRoles(entry, call, site) : [];
        // processor.ProcessMessageAsync += Handle; new Handlers { CallToolHandler = Call }
        return ExpressionOf(name).Parent is AssignmentExpressionSyntax assignment && assignment.Left == ExpressionOf(name)
            && semantics.GetOperation(assignment.Right, cancellation) is { } value && MethodIn(value) is { } method
            ? [new RoleRegistration(RoleOf(entry), method, null, !method.IsStatic, assignment)]
            : [];
    }

    private static IEnumerable<RoleRegistration> ReadRoles(CatalogueEntry entry, IInvocationOperation call, InvocationExpressionSyntax site) =>
        ReadRole(entry, call, site) is { } one
            ? [one]
            : MethodsBehind(call, site).Select(method => new RoleRegistration(RoleOf(entry), method, null, !method.IsStatic, site));

    // foreach (var method in typeof(T).GetMethods()) Create(method, target): the public methods of the one type that the member asks about.
    private static IEnumerable<IMethodSymbol> MethodsBehind(IInvocationOperation call, InvocationExpressionSyntax site)
    {
        if (!call.Arguments.Any(argument => argument.Value.Unwrap().Type is { Name: "MethodInfo", ContainingNamespace.Name: "Reflection" }) || call.SemanticModel is not { } semantics)
            return [];
        var member = site.FirstAncestorOrSelf<SyntaxNode>(node => node is BaseMethodDeclarationSyntax or CompilationUnitSyntax);
        var types = member?.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
            .Where(access => access is { Name.Identifier.ValueText: "GetMethods", Expression: TypeOfExpressionSyntax })
            .Select(access => semantics.GetTypeInfo(((TypeOfExpressionSyntax)access.Expression).Type).Type).OfType<INamedTypeSymbol>()
            .Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).ToList();
        return types is { Count: 1 }
            ? types[0].GetMembers().OfType<IMethodSymbol>().Where(method => method is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public, IsImplicitlyDeclared: false, IsOverride: false })
            : [];
    }

    private static RoleRegistration? ReadRole(CatalogueEntry entry, IInvocationOperation call, InvocationExpressionSyntax site)
    {
        var role = RoleOf(entry);
        var first = PositionOf("delegate", entry);
        foreach (var argument in call.Arguments.OrderBy(a => a.Parameter?.Ordinal))
        {
            var value = argument.Value.Unwrap();
            // Enqueue<MailJob>(job => job.SendAsync(id)): what is written down is called later.
            if (entry.Has("expression"))
            {
                if (value is IAnonymousFunctionOperation { Body: var body } && body.Descendants().OfType<IInvocationOperation>().FirstOrDefault() is { } job)
                    return new RoleRegistration(role, job.TargetMethod, null, false, site);
                continue;
            }

            if ((argument.Parameter?.Ordinal ?? 0) >= first && MethodIn(value) is { } method)
                return new RoleRegistration(role, method, null, !method.IsStatic, site);
            if (entry.Role == CatalogueRole.ToolRegistration && argument.Parameter is { } parameter && IsTarget(parameter, entry))
                return new RoleRegistration(role, null, value.Type as INamedTypeSymbol, SharesInstance: true, site);
            if (entry.Role == CatalogueRole.ActivityRegistration && value is ITypeOfOperation { TypeOperand: INamedTypeSymbol given })
                return new RoleRegistration(role, null, given, entry.Has("shared"), site);
        }

        return call.TargetMethod.TypeArguments.ElementAtOrDefault(PositionOf("type-argument", entry)) is INamedTypeSymbol type
            ? new RoleRegistration(role, null, type, entry.Has("shared"), site)
            : null;
    }

    // Where the line names no position, the first counts.
    private static int PositionOf(string fact, CatalogueEntry entry) =>
        int.TryParse(entry[fact], NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : 0;

    // Other overloads have options where this one has the object.
    private static bool IsTarget(IParameterSymbol parameter, CatalogueEntry entry) =>
        parameter.Ordinal.ToString(CultureInfo.InvariantCulture) == entry["target"]
        && parameter.OriginalDefinition.Type is { TypeKind: TypeKind.TypeParameter } or { SpecialType: SpecialType.System_Object };

    private static ServiceRegistration ReadService(CatalogueEntry entry, IInvocationOperation call, InvocationExpressionSyntax site)
    {
        // A parameter says more than the default.
        var lifetime = Enum.TryParse<ServiceLifetime>(LifetimeIn(entry, call) ?? entry["lifetime"], ignoreCase: true, out var known) ? known : ServiceLifetime.Singleton;
        var types = call.TargetMethod.TypeArguments.OfType<INamedTypeSymbol>()
            .Concat(call.Arguments.Select(a => a.Value.Unwrap()).OfType<ITypeOfOperation>().Select(t => t.TypeOperand).OfType<INamedTypeSymbol>())
            .ToList();
        IMethodSymbol? factory = null;
        INamedTypeSymbol? instance = null;
        var isInstance = false;
        foreach (var argument in call.Arguments)
        {
            var value = argument.Value.Unwrap();
            // What returns nothing configures.
            if (MethodIn(value) is { ReturnsVoid: false } method)
                factory = method;
            // AddSingleton(instance): the argument after the receiver that is neither a type nor a delegate
            else if (argument.Parameter?.Name == "implementationInstance")
            {
                isInstance = true;
                instance = types.Count <= 1 ? value.Type as INamedTypeSymbol : instance;
            }
        }

        var service = types.FirstOrDefault() ?? instance;
        var made = types.Count > 1 ? types[1] : instance ?? ReturnedBy(factory, call) ?? service;
        return new ServiceRegistration(service, made, lifetime, factory, isInstance, site);
    }

    private static string? LifetimeIn(CatalogueEntry entry, IInvocationOperation call) =>
        entry["lifetime-parameter"] is { } name && call.Arguments.FirstOrDefault(a => a.Parameter?.Name == name) is { Value: var value }
            ? (value.Unwrap() as IFieldReferenceOperation)?.Field.Name
            : null;

    // The type of what a factory lambda gives back is more telling than the type that it is declared to give back.
    private static INamedTypeSymbol? ReturnedBy(IMethodSymbol? factory, IInvocationOperation call)
    {
        if (factory is not { MethodKind: MethodKind.AnonymousFunction })
            return factory?.ReturnType as INamedTypeSymbol;
        var lambda = call.Descendants().OfType<IAnonymousFunctionOperation>().FirstOrDefault(l => SymbolEqualityComparer.Default.Equals(l.Symbol, factory));
        return lambda?.Body.Descendants().OfType<IReturnOperation>().Select(r => r.ReturnedValue).OfType<IOperation>()
            .Select(v => v.Unwrap().Type).OfType<INamedTypeSymbol>().FirstOrDefault();
    }

    /// <summary>The method behind a delegate or reflection expression: lambda, method group, <c>typeof(T).GetMethod("M")</c>, or a local that holds one.</summary>
    private static IMethodSymbol? MethodIn(IOperation value)
    {
        switch (value.Unwrap())
        {
            case IAnonymousFunctionOperation lambda:
                return lambda.Symbol;
            case IMethodReferenceOperation group:
                return group.Method;
            case IInvocationOperation { TargetMethod.Name: "GetMethod", Instance: ITypeOfOperation { TypeOperand: { } type } } reflection
                when reflection.Arguments.FirstOrDefault()?.Value.ConstantValue is { HasValue: true, Value: string name }:
                return type.GetMembers(name).OfType<IMethodSymbol>().FirstOrDefault();
            case ILocalReferenceOperation { Local: var local } reference:
                return InitializerOf(local, reference.SemanticModel) is { } initializer ? MethodIn(initializer) : null;
            default:
                return null;
        }
    }

    private static IOperation? InitializerOf(ILocalSymbol local, SemanticModel? semantics) =>
        local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } value } && value.SyntaxTree == semantics?.SyntaxTree
            ? semantics.GetOperation(value)
            : null;
}
