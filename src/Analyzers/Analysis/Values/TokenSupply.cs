using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>How a call that was given no cancellation token could be given one.</summary>
internal enum TokenWay
{
    /// <summary>It cannot.</summary>
    None,

    /// <summary>By a parameter that the call leaves out, or fills with the token that is never cancelled.</summary>
    Parameter,

    /// <summary>By another overload that takes the same arguments and a token.</summary>
    Overload,

    /// <summary>By an object of settings that the call takes, or leaves out.</summary>
    Settings,
}

/// <summary>Whether a cancellation token reaches a call, and by which way one could. What cannot be followed counts as a token.</summary>
internal sealed class TokenSupply(AgentModel model, CancellationToken cancellation)
{
    // How many locals an object is looked for through.
    private const int MaxLocals = 4;

    /// <summary>
    /// Whether a call may be given a token: as an argument, in an object that carries one, by the client that it is made on, by <c>WithCancellation</c>
    /// around the stream, or because its caller stops waiting (<c>WaitAsync(token)</c>).
    /// </summary>
    public bool IsGiven(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
            if (argument.ArgumentKind != ArgumentKind.DefaultValue && MayCarry(argument.Value, 0))
                return true;
        if (call.Instance is { } instance && IsMadeWithToken(instance, 0))
            return true;
        return IsWrapped(call, new HashSet<ISymbol>(SymbolEqualityComparer.Default));
    }

    /// <summary>Whether an argument is the token that is never cancelled, written out.</summary>
    public static bool SaysNone(IInvocationOperation call) =>
        call.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit && CancellationTokens.IsTokenOrNullable(argument.Parameter?.Type) && CancellationTokens.IsNone(argument.Value));

    /// <summary>How a call could be given a token.</summary>
    public TokenWay WayOf(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
            if (CancellationTokens.IsTokenOrNullable(argument.Parameter?.Type) && argument.Parameter!.RefKind == RefKind.None)
                return TokenWay.Parameter;
        if (Overloads(call.TargetMethod).Any(candidate => Takes(candidate, call)))
            return TokenWay.Overload;
        return call.Arguments.Any(argument => IsSettings(argument.Parameter?.Type)) ? TokenWay.Settings : TokenWay.None;
    }

    /// <summary>
    /// Whether the work at the end of a path goes on although a token could end it: no call on the path is given one, is left running or refuses one,
    /// and one of them takes a token. Of the part in other assemblies their facts tell.
    /// </summary>
    public bool IsTokenless(Witness path) => IsTokenlessOn(path.Steps) ?? (path.Beyond is { Fact: var fact } && fact.Is(ReachedTraits.Tokenless));

    /// <summary>The same of calls alone; null where none of them decides, so that what the last one runs does.</summary>
    public bool? IsTokenlessOn(ImmutableArray<Call> calls)
    {
        for (var i = 0; i < calls.Length; i++)
        {
            var site = calls[i].Site;
            if (model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is not IInvocationOperation call || IsGiven(call) || TokenScopes.IsDetached(call) || SaysNone(call))
                return false;
            if (WayOf(call) is var way && (way is TokenWay.Parameter or TokenWay.Overload || (way == TokenWay.Settings && i == calls.Length - 1)))
                return true;
        }

        return null;
    }

    // ---- what is given -------------------------------------------------------------------------------------------------

    private bool MayCarry(IOperation value, int locals)
    {
        value = value.Unwrap();
        if (CancellationTokens.IsTokenOrNullable(value.Type))
            return !CancellationTokens.IsNone(value) && !IsOfIdleSource(value);
        if (CancellationTokens.IsSource(value.Type))
            return true;
        foreach (var element in value.Elements())
            if (element != value && MayCarry(element, locals))
                return true;
        if (!CancellationTokens.Carries(value.Type))
            return false;
        return value switch
        {
            IObjectCreationOperation creation => IsMadeWithToken(creation, locals),
            ILocalReferenceOperation { Local: var local } when locals < MaxLocals && CreationOf(local, value) is { } creation =>
                IsMadeWithToken(creation, locals + 1) || IsSetLater(local, value),
            _ => true,
        };
    }

    // new CallOptions(cancellationToken: token), new RequestOptions { CancellationToken = token }
    private bool IsMadeWithToken(IOperation made, int locals) => made.Unwrap() switch
    {
        IObjectCreationOperation creation =>
            creation.Arguments.Any(argument => argument.ArgumentKind != ArgumentKind.DefaultValue && MayCarry(argument.Value, locals))
            || creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>().Any(assignment => MayCarry(assignment.Value, locals)) == true,
        ILocalReferenceOperation { Local: var local } reference when locals < MaxLocals && CreationOf(local, reference) is { } creation =>
            IsMadeWithToken(creation, locals + 1),
        // client.WithToken(token).SendAsync(…)
        IInvocationOperation chain => chain.Arguments.Any(argument =>
            argument.ArgumentKind != ArgumentKind.DefaultValue && CancellationTokens.IsTokenOrNullable(argument.Value.Type) && !CancellationTokens.IsNone(argument.Value)),
        // An object of the program's own that keeps a token.
        { Type: { } type } and not IInstanceReferenceOperation => model.Declares(type) && CancellationTokens.Carries(type),
        _ => false,
    };

    private IObjectCreationOperation? CreationOf(ILocalSymbol local, IOperation use) =>
        use.SemanticModel is { } semantics ? local.InitializerOf(semantics, cancellation)?.Unwrap() as IObjectCreationOperation : null;

    /// <summary>Whether a token is that of a local source, of which nothing but the token is used: the token is never cancelled.</summary>
    public bool IsOfIdleSource(IOperation token) =>
        token is IPropertyReferenceOperation { Instance: ILocalReferenceOperation { Local: var source } instance }
        && CancellationTokens.IsSource(source.Type)
        && CreationOf(source, instance) is { Arguments.IsEmpty: true }
        && token.Top().Descendants().OfType<ILocalReferenceOperation>().All(use =>
            !SymbolEqualityComparer.Default.Equals(use.Local, source) || (use.Parent is IPropertyReferenceOperation { Type: var type } && CancellationTokens.IsToken(type)));

    private static bool IsSetLater(ILocalSymbol local, IOperation use) =>
        use.Top().Descendants().Any(operation =>
            operation is ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Instance: ILocalReferenceOperation { Local: var owner } } target }
            && SymbolEqualityComparer.Default.Equals(owner, local)
            && CancellationTokens.IsTokenOrNullable(target.Type));

    // stream.WithCancellation(token), task.WaitAsync(token), await Task.WhenAny(task, Task.Delay(time, token))
    private static bool IsWrapped(IOperation call, HashSet<ISymbol> seen)
    {
        for (var operation = call; operation.Parent is { } parent; operation = parent)
            switch (parent)
            {
                case IInvocationOperation outer when operation is not IArgumentOperation || outer.Arguments.Contains(operation):
                    if (!outer.Type.IsTask() && !IsStream(outer.Type))
                        return false;
                    if (outer.Arguments.Any(argument => argument != operation && argument.ArgumentKind != ArgumentKind.DefaultValue && HasToken(argument.Value)))
                        return true;
                    break;
                case IConversionOperation or IParenthesizedOperation or IArgumentOperation or IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation:
                    break;
                // var stream = …; await foreach (var part in stream.WithCancellation(token))
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }:
                    return seen.Add(local) && IsUsedWithToken(local, parent, seen);
                default:
                    return false;
            }

        return false;
    }

    private static bool IsUsedWithToken(ILocalSymbol local, IOperation declaration, HashSet<ISymbol> seen) =>
        declaration.Top().Descendants().OfType<ILocalReferenceOperation>().Any(reference =>
            SymbolEqualityComparer.Default.Equals(reference.Local, local) && IsWrapped(reference, seen));

    private static bool HasToken(IOperation value) =>
        value.DescendantsAndSelf().Any(part => CancellationTokens.IsToken(part.Type) && part is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation && !CancellationTokens.IsNone(part));

    private static bool IsStream(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "IAsyncEnumerable" or "ConfiguredCancelableAsyncEnumerable" or "IAsyncEnumerator" };

    // ---- what could be given -----------------------------------------------------------------------------------------------

    // Settings that are made for a call carry its token; a context or a service has one of its own.
    private static bool IsSettings(ITypeSymbol? type) =>
        CancellationTokens.CarriedBy(type) is { SetMethod.DeclaredAccessibility: Accessibility.Public } && type is not INamedTypeSymbol { TypeKind: TypeKind.Interface };

    private IEnumerable<IMethodSymbol> Overloads(IMethodSymbol method)
    {
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        for (var type = method.ContainingType; type != null; type = method.IsStatic ? null : type.BaseType)
            foreach (var candidate in type.GetMembers(method.Name).OfType<IMethodSymbol>())
                if (IsOverload(candidate))
                    yield return candidate;
        if (method.ContainingType is { TypeKind: TypeKind.Interface } @interface)
            foreach (var inherited in @interface.AllInterfaces)
                foreach (var candidate in inherited.GetMembers(method.Name).OfType<IMethodSymbol>())
                    if (IsOverload(candidate))
                        yield return candidate;

        bool IsOverload(IMethodSymbol candidate) =>
            candidate.IsStatic == method.IsStatic
            && candidate.Arity == method.Arity
            && !SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, definition)
            && candidate.Parameters.Any(parameter => CancellationTokens.IsTokenOrNullable(parameter.Type))
            && model.Compilation.IsSymbolAccessibleWithin(candidate, model.Compilation.Assembly)
            && !candidate.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "ObsoleteAttribute");
    }

    // Whether an overload takes the arguments of a call as they are, and needs nothing but a token beside them.
    private bool Takes(IMethodSymbol candidate, IInvocationOperation call)
    {
        if (candidate.Arity > 0)
            candidate = candidate.OriginalDefinition.Construct([.. call.TargetMethod.TypeArguments]);
        if (!HasSameResult(candidate, call.TargetMethod) && !(IsAwaited(call) && GivesTheSame(candidate.ReturnType, call.TargetMethod.ReturnType)))
            return false;
        var filled = new HashSet<int>();
        foreach (var argument in call.Arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue)
                continue;
            if (argument.Parameter is not { } parameter)
                return false;
            var isNamed = argument.Syntax is ArgumentSyntax { NameColon: not null };
            var target = isNamed ? candidate.Parameters.FirstOrDefault(p => p.Name == parameter.Name) : parameter.Ordinal < candidate.Parameters.Length ? candidate.Parameters[parameter.Ordinal] : null;
            if (target == null || target.RefKind != parameter.RefKind || !Fits(argument.Value, target.Type) || !filled.Add(target.Ordinal))
                return false;
        }

        return candidate.Parameters.All(parameter => filled.Contains(parameter.Ordinal) || parameter.IsOptional || parameter.IsParams || CancellationTokens.IsTokenOrNullable(parameter.Type));
    }

    private bool Fits(IOperation value, ITypeSymbol target)
    {
        if (CancellationTokens.IsTokenOrNullable(target))
            return false;
        var type = value.Type;
        if (type != null && IsImplicit(type, target))
            return true;
        value = value.Unwrap();
        return value.Type is { } inner ? !SymbolEqualityComparer.Default.Equals(inner, type) && IsImplicit(inner, target)
            // null, default, a lambda: it fits what it fits now.
            : SymbolEqualityComparer.Default.Equals(type, target);
    }

    private bool IsImplicit(ITypeSymbol from, ITypeSymbol to) =>
        to.TypeKind == TypeKind.TypeParameter || SymbolEqualityComparer.Default.Equals(from, to) || (model.Compilation is CSharpCompilation compilation && compilation.ClassifyConversion(from, to) is { IsImplicit: true });

    // ReadLineAsync() gives a Task<string>, ReadLineAsync(token) a ValueTask<string>: to an await that is the same.
    private static bool GivesTheSame(ITypeSymbol candidate, ITypeSymbol now) =>
        candidate.IsTask() && now.IsTask() && candidate is INamedTypeSymbol { TypeArguments: var given } && now is INamedTypeSymbol { TypeArguments: var taken }
        && given.SequenceEqual(taken, (a, b) => SymbolEqualityComparer.Default.Equals(a, b));

    private static bool IsAwaited(IInvocationOperation call) =>
        call.Parent is IAwaitOperation
        || call.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Parent: IAwaitOperation } configured && configured.Instance == call;

    private static bool HasSameResult(IMethodSymbol candidate, IMethodSymbol method) =>
        SymbolEqualityComparer.Default.Equals(candidate.ReturnType, method.ReturnType)
        || (candidate.Arity > 0 && SymbolEqualityComparer.Default.Equals(candidate.ReturnType.OriginalDefinition, method.ReturnType.OriginalDefinition));
}
