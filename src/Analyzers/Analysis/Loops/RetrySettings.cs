using System.Collections.Immutable;
using System.Globalization;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Loops;

internal enum Backoff
{
    Unknown,
    None,
    Constant,
    Linear,
    Exponential,
}

/// <summary>How a policy or strategy retries: what the program sets, and the library's defaults for the rest.</summary>
/// <param name="Entry">The line of the catalogue that gave the defaults.</param>
/// <param name="Retries">How often after the first time; null where that is not known.</param>
/// <param name="Backoff">How the delay grows.</param>
/// <param name="Jitter">Whether it varies; null where that is not known.</param>
/// <param name="Delay">What computes, lists or sets the delay; null where the default holds.</param>
/// <param name="Handles">Which failures it takes; null where the default holds.</param>
/// <param name="Options">The object that sets it; null where there is none, or another place made it.</param>
internal sealed record RetrySettings(CatalogueEntry Entry, int? Retries, Backoff Backoff, bool? Jitter, IOperation? Delay, IOperation? Handles, IObjectCreationOperation? Options)
{
    /// <summary>How often it tries in all.</summary>
    public int? Tries => Retries is { } retries ? (retries == RetryLayer.Unlimited ? retries : retries + 1) : null;

    /// <summary>Reads a call that adds or builds a retry.</summary>
    public static RetrySettings Of(IInvocationOperation call, CatalogueEntry entry, AgentModel model, CancellationToken cancellation)
    {
        IObjectCreationOperation? options = null;
        var isKnown = true;
        foreach (var argument in call.Arguments)
        {
            if (argument.Value.Type is not INamedTypeSymbol type || type.TypeKind == TypeKind.Delegate || SettingsOf(type, model) is not { } defaults)
                continue;
            entry = Merge(defaults, entry);
            var sources = new ValueSources(model, cancellation).Of(argument.Value);
            options = sources.Count == 1 ? sources[0] as IObjectCreationOperation : null;
            isKnown = options != null;
            if (options?.Type is INamedTypeSymbol made && SettingsOf(made, model) is { } own)
                entry = Merge(own, entry);
        }

        var setters = new List<ISimpleAssignmentOperation>();
        if (options?.Initializer is { } initializer)
            setters.AddRange(initializer.Initializers.OfType<ISimpleAssignmentOperation>());
        foreach (var configuration in Configurations(call).SelectMany(lambda => WithHelpers(lambda, model, cancellation)).Concat(GroupsOf(call, model, cancellation)))
            setters.AddRange(configuration.Descendants().OfType<ISimpleAssignmentOperation>());
        return Read(entry, call.Arguments, setters, isKnown, options);
    }

    /// <summary>Reads a creation of settings.</summary>
    public static RetrySettings Of(IObjectCreationOperation creation, CatalogueEntry entry) =>
        Read(entry, creation.Arguments, creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>() ?? [], isKnown: true, creation);

    /// <summary>The line about settings that a type is; null where it is none.</summary>
    private static CatalogueEntry? SettingsOf(INamedTypeSymbol type, AgentModel model)
    {
        for (var t = type; t is { SpecialType: SpecialType.None }; t = t.BaseType)
            foreach (var constructor in t.OriginalDefinition.InstanceConstructors)
                if (model.EntriesOf(constructor).FirstOrDefault(e => e.Role == CatalogueRole.Retry && e.Has("settings")) is { } entry)
                    return entry;
        return null;
    }

    // The layer's name is that of the call; everything else the settings know better.
    private static CatalogueEntry Merge(CatalogueEntry settings, CatalogueEntry call) =>
        call["layer"] is { } layer && !settings.Has("layer") ? settings with { Facts = settings.Facts.SetItem("layer", layer) } : settings;

    // Delegates that configure: of the call itself, and of those chained to it.
    private static IEnumerable<IAnonymousFunctionOperation> Configurations(IInvocationOperation call)
    {
        foreach (var lambda in LambdasOf(call))
            yield return lambda;
        IOperation link = call;
        while (link.Parent is { } parent)
        {
            if (parent is IInvocationOperation next && next.Receiver() is { } receiver && receiver.Unwrap() == call)
                foreach (var lambda in LambdasOf(next))
                    yield return lambda;
            if (parent is not (IArgumentOperation or IConversionOperation))
                yield break;
            link = parent;
        }
    }

    // o => Configure(o): a method of the program that is given the options sets them.
    private static IEnumerable<IOperation> WithHelpers(IAnonymousFunctionOperation configuration, AgentModel model, CancellationToken cancellation)
    {
        yield return configuration;
        foreach (var call in configuration.Descendants().OfType<IInvocationOperation>())
            if (call.Arguments.Any(argument => argument.Value.DescendantsAndSelf().Any(part => part is IParameterReferenceOperation { Parameter: var given } && configuration.Symbol.Parameters.Contains(given, SymbolEqualityComparer.Default)))
                && CallGraph.Of(model).Resolve(call.TargetMethod) is { } helper)
                foreach (var body in MethodBodies.Of(helper, model, cancellation))
                    yield return body;
    }

    // AddStandardResilienceHandler(Configure)
    private static IEnumerable<IOperation> GroupsOf(IInvocationOperation call, AgentModel model, CancellationToken cancellation) =>
        call.Arguments.Select(argument => argument.Value.Unwrap()).OfType<IMethodReferenceOperation>()
            .Select(group => CallGraph.Of(model).Resolve(group.Method)).OfType<IMethodSymbol>()
            .SelectMany(method => MethodBodies.Of(method, model, cancellation));

    private static IEnumerable<IAnonymousFunctionOperation> LambdasOf(IInvocationOperation call) =>
        call.Arguments.Select(argument => argument.Value.Unwrap()).OfType<IAnonymousFunctionOperation>();

    private static RetrySettings Read(CatalogueEntry entry, ImmutableArray<IArgumentOperation> arguments, IEnumerable<ISimpleAssignmentOperation> setters, bool isKnown, IObjectCreationOperation? options)
    {
        var set = setters.Where(s => s.Target is IPropertyReferenceOperation).ToLookup(s => ((IPropertyReferenceOperation)s.Target).Property.Name, s => s.Value, StringComparer.Ordinal);
        var given = arguments.Where(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter != null).ToLookup(a => a.Parameter!.Name, a => a.Value, StringComparer.Ordinal);

        IOperation? Value(string fact) => entry.List(fact).SelectMany(name => set[name].Concat(given[name])).LastOrDefault()?.Unwrap();

        var attempts = Value("attempts-in");
        int? retries = attempts != null ? CountOf(attempts) : isKnown ? NumberOf(entry["attempts"]) : null;
        var backoff = Value("backoff-in") is { } kind
            ? (Enum.TryParse<Backoff>((kind as IFieldReferenceOperation)?.Field.Name, out var named) ? named : Backoff.Unknown)
            : isKnown && Enum.TryParse<Backoff>(entry["backoff"], ignoreCase: true, out var usual) ? usual : Backoff.Unknown;
        bool? jitter = Value("jitter-in") is { } varies
            ? varies.ConstantValue is { HasValue: true, Value: bool constant } ? constant : null
            : isKnown && bool.TryParse(entry["jitter"], out var jitters) ? jitters : null;
        return new RetrySettings(entry, retries, backoff, jitter, Value("delay-by") ?? Value("delay-in"), Value("handles-in"), options);
    }

    private static int? CountOf(IOperation value) => value switch
    {
        { ConstantValue: { HasValue: true, Value: int number } } => number,
        // One retry for each delay in the list.
        IArrayCreationOperation { Initializer: { } list } => list.ElementValues.Length,
        ICollectionExpressionOperation list when list.Elements.All(e => e is not ISpreadOperation) => list.Elements.Length,
        _ => null,
    };

    private static int? NumberOf(string? fact) =>
        fact == "unlimited" ? RetryLayer.Unlimited : int.TryParse(fact, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
