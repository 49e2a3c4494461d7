using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Deadlines;

/// <summary>Why a timeout does not act.</summary>
internal enum InertBecause
{
    /// <summary>It signals a token, and the work that it runs takes none.</summary>
    NobodyListens,

    /// <summary>It is set to no end.</summary>
    Endless,

    /// <summary>It is longer than anything waits for an answer.</summary>
    TooLong,

    /// <summary>What is around it ends before it does.</summary>
    OuterIsShorter,

    /// <summary>It ends the wait, and what is waited for goes on.</summary>
    EndsTheWait,

    /// <summary>The token of the caller ends the wait, and what is waited for goes on.</summary>
    CallerEndsTheWait,
}

/// <summary>A timeout that cannot act.</summary>
/// <param name="Site">Where it is set.</param>
/// <param name="What">The member that sets it.</param>
/// <param name="Because">Why it cannot.</param>
/// <param name="Other">The work that goes on, or the shorter time; null where there is none.</param>
/// <param name="OtherSite">Where that stands.</param>
internal sealed record InertTimeout(SyntaxNode Site, ISymbol What, InertBecause Because, string? Other = null, SyntaxNode? OtherSite = null);

/// <summary>Finds timeouts that cannot act, as far as one type shows it.</summary>
internal sealed class InertTimeouts(AgentModel model, SemanticModel semantics, int depth, CancellationToken cancellation)
{
    // In seconds. Reasoning models and long generations take minutes.
    private const double LongestWait = 3600;

    /// <summary>The entries of what sets a time limit, and of what runs work under one.</summary>
    public static bool Concerns(CatalogueEntry entry) => entry.Role is CatalogueRole.Timeout or CatalogueRole.WaitOnly;

    public InertTimeout? At(CatalogueUse use) =>
        use.Symbol switch
        {
            IMethodSymbol when use.Entry.Role == CatalogueRole.WaitOnly => WaitOnly(use),
            IPropertySymbol => Endless(use) ?? TooLong(use) ?? Shorter(use),
            IMethodSymbol { MethodKind: MethodKind.Ordinary } when use.Entry.Has("optimistic") => Unheard(use),
            _ => null,
        };

    // ---- no end ---------------------------------------------------------------------------------------------------------------

    // client.Timeout = Timeout.InfiniteTimeSpan, where no other time limit stands in the same type or chain.
    private InertTimeout? Endless(CatalogueUse use) =>
        AssignmentOf(use.Name) is { } assignment
        && semantics.GetOperation(assignment.Right, cancellation) is { } value && IsEndless(value)
        && !HasOtherLimit(assignment)
            ? new InertTimeout(assignment, use.Symbol, InertBecause.Endless)
            : null;

    // client.Timeout = TimeSpan.FromDays(1): one lost connection holds its caller for a day.
    private InertTimeout? TooLong(CatalogueUse use) =>
        // What comes with a time limit of its own calls one peer; an activity or a process may well take hours.
        use.Entry["default"] is not null and not "infinite"
        && AssignmentOf(use.Name) is { } assignment
        && TimeSetBehind(use.Name) is { Seconds: >= LongestWait } set
        && !HasOtherLimit(assignment)
            ? new InertTimeout(assignment, use.Symbol, InertBecause.TooLong, Text(set.Seconds))
            : null;

    private static string Text(double seconds) => seconds >= 2 * 86400 ? $"{Math.Round(seconds / 86400)} days" : $"{Math.Round(seconds / 3600)} h";

    private static AssignmentExpressionSyntax? AssignmentOf(SimpleNameSyntax name) =>
        name.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { } assignment && assignment.Left.Span.Contains(name.Span)
        && (assignment.Left == name || (assignment.Left is MemberAccessExpressionSyntax access && access.Name == name))
            ? assignment
            : null;

    private static bool IsEndless(IOperation value) => value.Unwrap() switch
    {
        IFieldReferenceOperation { Field: { IsStatic: true, Name: "InfiniteTimeSpan" or "MaxValue" } field } => field.ContainingType?.Name is "Timeout" or "TimeSpan",
        IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType.Name: "TimeSpan" } } call => call.Arguments.FirstOrDefault()?.Value.Unwrap().ConstantValue is { HasValue: true, Value: -1 or -1.0 or -1L },
        _ => false,
    };

    // A condition, a configured value, a pipeline or a token with a time limit in the same type: somebody else ends the calls.
    private bool HasOtherLimit(AssignmentExpressionSyntax assignment)
    {
        for (SyntaxNode? node = assignment.Parent; node != null; node = node.Parent)
        {
            if (node is IfStatementSyntax or ConditionalExpressionSyntax or SwitchSectionSyntax or SwitchExpressionArmSyntax)
                return true;
            // services.AddHttpClient(c => c.Timeout = …).AddResilienceHandler(…)
            if (node is StatementSyntax or ArrowExpressionClauseSyntax && MentionsLimit(node, assignment))
                return true;
            if (node is TypeDeclarationSyntax type)
                return MentionsLimit(type, assignment);
            if (node is CompilationUnitSyntax unit)
                return MentionsLimit(unit, assignment);
        }

        return false;
    }

    private bool MentionsLimit(SyntaxNode region, SyntaxNode except)
    {
        foreach (var name in region.DescendantNodes().OfType<SimpleNameSyntax>())
            if (!except.Span.Contains(name.Span) && IsLimitName(name.Identifier.ValueText)
                && semantics.GetSymbolInfo(name, cancellation).Symbol is { } symbol
                && model.EntriesOf(symbol).Any(entry => entry.Role is CatalogueRole.Timeout or CatalogueRole.Hedging || (entry.Role == CatalogueRole.Retry && entry.Has("handler"))))
                return true;
        // A source that is made with a time: new CancellationTokenSource(time).
        return region.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>().Any(created =>
            !except.Span.Contains(created.Span) && created.ArgumentList?.Arguments.Count > 0
            && semantics.GetSymbolInfo(created, cancellation).Symbol is IMethodSymbol constructor && CancellationTokens.IsSource(constructor.ContainingType));
    }

    private bool IsLimitName(string name) => model.Catalogue.MembersNamed(name).Any(entry => entry.Role is CatalogueRole.Timeout or CatalogueRole.Hedging or CatalogueRole.Retry);

    // ---- shorter around ----------------------------------------------------------------------------------------------------------

    // options.AttemptTimeout.Timeout = 60 s beside options.TotalRequestTimeout.Timeout = 30 s
    private InertTimeout? Shorter(CatalogueUse use)
    {
        if (use.Entry["within"] is not { } total || TimeSetBehind(use.Name) is not { } own)
            return null;
        var region = use.Name.FirstAncestorOrSelf<SyntaxNode>(node => node is AnonymousFunctionExpressionSyntax or BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or CompilationUnitSyntax);
        foreach (var other in region?.DescendantNodes().OfType<SimpleNameSyntax>().Where(name => name.Identifier.ValueText == total) ?? [])
            if (TimeSetBehind(other) is { } outer)
                return outer.Seconds <= own.Seconds ? Made(outer.Site, outer.Seconds) : null;
        return model.Catalogue.MembersNamed(total).FirstOrDefault(entry => entry.Role == CatalogueRole.Timeout && entry.Type == use.Entry.Type)?["default"] is { } known
            && known.EndsWith("s", StringComparison.Ordinal) && int.TryParse(known.Substring(0, known.Length - 1), out var seconds) && seconds <= own.Seconds
                ? Made(null, seconds)
                : null;

        InertTimeout Made(SyntaxNode? site, double seconds) =>
            new(own.Site, use.Symbol, InertBecause.OuterIsShorter, $"'{total}' of {seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)} s", site);
    }

    // The time that is assigned to it, or to its property Timeout.
    private (double Seconds, SyntaxNode Site)? TimeSetBehind(SimpleNameSyntax name)
    {
        if (name.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is not { } assignment || !assignment.Left.Span.Contains(name.Span))
            return null;
        var value = semantics.GetOperation(assignment.Right, cancellation)?.Unwrap();
        if (value is IObjectCreationOperation { Initializer: { } initializer })
            value = initializer.Initializers.OfType<ISimpleAssignmentOperation>().FirstOrDefault(set => set.Target is IPropertyReferenceOperation { Property.Name: "Timeout" })?.Value.Unwrap();
        if (value is not IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType.Name: "TimeSpan", Name: var unit } } call || call.Arguments.FirstOrDefault()?.Value.Unwrap().ConstantValue is not { HasValue: true, Value: { } number })
            return null;
        var factor = unit switch { "FromMilliseconds" => 0.001, "FromSeconds" => 1, "FromMinutes" => 60, "FromHours" => 3600, "FromDays" => 86400, _ => 0 };
        return factor == 0 || number is not (int or long or double) ? null : (Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture) * factor, assignment);
    }

    // ---- the wait alone ------------------------------------------------------------------------------------------------------------

    // process.WaitForExitAsync(token), where no code ends the process.
    private InertTimeout? WaitOnly(CatalogueUse use)
    {
        if (semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation call || !new TokenSupply(model, cancellation).IsGiven(call))
            return null;
        var ends = use.Entry.List("ends");
        if (ends.Any() && !(call.Instance?.Unwrap() is ILocalReferenceOperation { Local: var started } && IsStartedHere(started, call) && !MayEnd(started, call, ends)))
            return null;
        return SetsTime(call.Top()) ? new InertTimeout(call.Syntax, use.Symbol, InertBecause.EndsTheWait)
            : ends.Any() ? new InertTimeout(call.Syntax, use.Symbol, InertBecause.CallerEndsTheWait)
            : null;
    }

    private bool IsStartedHere(ILocalSymbol local, IOperation use) =>
        local.InitializerOf(semantics, cancellation)?.Unwrap() is var made
        && ((made is ICoalesceOperation { Value: var value } ? value.Unwrap() : made) switch
        {
            IObjectCreationOperation => true,
            IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType: var type } } => SymbolEqualityComparer.Default.Equals(type, local.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)),
            _ => false,
        });

    // It is ended here, or other code is given it, or its number.
    private static bool MayEnd(ILocalSymbol local, IOperation use, IEnumerable<string> ends) =>
        use.Top().Descendants().OfType<ILocalReferenceOperation>().Where(reference => SymbolEqualityComparer.Default.Equals(reference.Local, local)).Any(reference =>
        {
            IOperation value = reference;
            while (value.Parent is IConversionOperation or IParenthesizedOperation)
                value = value.Parent;
            return value.Parent switch
            {
                IInvocationOperation call when call.Instance == value => ends.Contains(call.TargetMethod.Name),
                IMemberReferenceOperation member when member.Instance == value => ends.Contains(member.Member.Name),
                IConditionalAccessOperation access when access.Operation == value => access.WhenNotNull.DescendantsAndSelf().OfType<IInvocationOperation>().Any(call => ends.Contains(call.TargetMethod.Name)),
                IIsPatternOperation or IBinaryOperation => false,
                IVariableInitializerOperation or IUsingOperation => false,
                _ => true,
            };
        });

    private bool SetsTime(IOperation function) => function.DescendantsAndSelf().Any(operation => operation switch
    {
        IObjectCreationOperation { Constructor: { } made, Arguments.IsEmpty: false } => CancellationTokens.IsSource(made.ContainingType),
        IInvocationOperation { TargetMethod: var set } => CancellationTokens.IsSource(set.ContainingType) && model.Find(set, CatalogueRole.Timeout) != null,
        _ => false,
    });

    // ---- nobody listens ------------------------------------------------------------------------------------------------------------

    // Policy.TimeoutAsync(…) signals a token: a delegate without one runs on.
    private InertTimeout? Unheard(CatalogueUse use)
    {
        if (semantics.OperationOf(use.Name, cancellation) is not IInvocationOperation made
            || made.Arguments.Any(argument => argument.ArgumentKind != ArgumentKind.DefaultValue && argument.Value.Unwrap() is IFieldReferenceOperation { Field: { Name: "Pessimistic", ContainingType.TypeKind: TypeKind.Enum } })
            || use.Name.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type)
            return null;
        var sources = new ValueSources(model, cancellation);
        foreach (var name in type.DescendantNodes().OfType<SimpleNameSyntax>())
            if (name.Identifier.ValueText.StartsWith("Execute", StringComparison.Ordinal)
                && semantics.OperationOf(name, cancellation) is IInvocationOperation run
                && model.Find(run.TargetMethod, CatalogueRole.ResilientExecute) is { } entry && !entry.Has("blocking")
                && run.Arguments.Select(argument => argument.Value.Unwrap()).FirstOrDefault(value => value is IAnonymousFunctionOperation or IMethodReferenceOperation) is { } work
                && !Listens(work)
                && run.Receiver() is { } policy && IsMadeOf(policy, made, sources)
                && RemoteBehind(work) is { } remote)
                return new InertTimeout(made.Syntax, use.Symbol, InertBecause.NobodyListens, $"'{remote.Witness.TargetName}'", work.Syntax);
        return null;
    }

    // The delegate takes the token and gives it to something; a token of its own that it makes is another limit.
    private static bool Listens(IOperation work) => work switch
    {
        IAnonymousFunctionOperation { Symbol.Parameters: var parameters } lambda =>
            lambda.Body.Descendants().Any(part => part is IParameterReferenceOperation { Parameter: var used } && CancellationTokens.IsToken(used.Type) && parameters.Contains(used, SymbolEqualityComparer.Default))
            || lambda.Body.Descendants().Any(part => CancellationTokens.IsSource(part.Type)),
        IMethodReferenceOperation { Method: var method } => method.Parameters.Any(parameter => CancellationTokens.IsToken(parameter.Type)),
        _ => true,
    };

    private bool IsMadeOf(IOperation policy, IOperation made, ValueSources sources)
    {
        var seen = new HashSet<SyntaxNode>();
        var open = new Queue<IOperation>(sources.Of(policy));
        while (open.Count > 0 && seen.Count < 32)
        {
            var value = open.Dequeue();
            if (!seen.Add(value.Syntax))
                continue;
            if (value.Syntax == made.Syntax)
                return true;
            // Policy.WrapAsync(retry, timeout), retry.WrapAsync(timeout)
            if (value is IInvocationOperation { TargetMethod.Name: "Wrap" or "WrapAsync" } wrap)
                foreach (var part in wrap.Arguments.SelectMany(argument => argument.Value.Elements()).Concat(wrap.Instance is { } outer ? [outer] : []))
                    foreach (var source in sources.Of(part))
                        open.Enqueue(source);
        }

        return false;
    }

    private Effect? RemoteBehind(IOperation work) =>
        (work switch
        {
            IAnonymousFunctionOperation lambda => EffectSummaries.Of(model).Of(lambda.Body, depth, cancellation),
            IMethodReferenceOperation { Method: var method } when model.EntriesOf(method) is { IsEmpty: false } own => new EffectSummary([.. own.Select(entry => new Effect(entry, new Witness([new Call(method, null, work.Syntax)])))], false),
            IMethodReferenceOperation { Method: var method } => EffectSummaries.Of(model).Of(CallGraph.Of(model).Resolve(method) ?? method, depth, cancellation),
            _ => null,
        })?.First(entry => entry.IsRemoteCall() && !entry.Has("blocking"));
}
