using System.Collections.Immutable;
using AgentLint.Analysis.Core;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.Observability;

/// <summary>A source of spans or measurements that the program makes.</summary>
/// <param name="Site">The call or creation.</param>
/// <param name="Kind">What it emits.</param>
/// <param name="Name">The name that listeners know it by.</param>
internal sealed record EmittedSource(SyntaxNode Site, SignalKind Kind, string Name);

/// <summary>What a program listens to.</summary>
/// <param name="Names">The names, which may hold <c>*</c>.</param>
/// <param name="AreAllKnown">Whether every name is a constant.</param>
/// <param name="AreAllOwn">Whether no name is declared by a type of another assembly.</param>
/// <param name="Site">The first call that listens; null where none does.</param>
internal sealed record Listeners(ImmutableArray<string> Names, bool AreAllKnown, bool AreAllOwn, SyntaxNode? Site);

/// <summary>How a program sets up telemetry: read once for a compilation, from all of its files.</summary>
internal sealed class TelemetrySetup
{
    private readonly AgentModel model;
    private readonly Lazy<Listeners> traces;
    private readonly Lazy<Listeners> metrics;
    private readonly Lazy<bool> recordsModels;
    private readonly Lazy<CatalogueUse?> composition;
    private readonly Lazy<bool> hearsNothing;

    private TelemetrySetup(AgentModel model)
    {
        this.model = model;
        traces = new(() => Listen(SignalKind.Traces));
        metrics = new(() => Listen(SignalKind.Metrics));
        recordsModels = new(() => UsesOf(entry => entry.Role == CatalogueRole.Telemetry).Any());
        hearsNothing = new(HasNoListener);
        composition = new(() => UsesOf(entry => entry.Role == CatalogueRole.Composition).Select(use => (CatalogueUse?)use).FirstOrDefault());
    }

    /// <summary>Whether the program is run by itself, and neither it nor a project or package that it refers to sets up a listener.</summary>
    public bool HearsNothing => hearsNothing.Value;

    public static TelemetrySetup Of(AgentModel model) => model.Shared(m => new TelemetrySetup(m));

    /// <summary>Whether something in the program records what models and agents are asked.</summary>
    public bool RecordsModels => recordsModels.Value;

    /// <summary>The first place, in the order of the files, that puts a client, an agent or a kernel together.</summary>
    public CatalogueUse? Composition => composition.Value;

    public Listeners To(SignalKind kind) => kind == SignalKind.Traces ? traces.Value : metrics.Value;

    /// <summary>Whether one of the names that are listened to means a source. Case does not matter; a star stands for any text.</summary>
    public bool Hears(string source) => To(SignalKind.Traces).Names.Any(name => Matches(name, source));

    /// <summary>Whether the sources of a kind are all listened to by constant names, none of which means this one.</summary>
    public bool IsUnheard(EmittedSource source) =>
        To(source.Kind) is { Site: not null, AreAllKnown: true } listeners && !listeners.Names.Any(name => Matches(name, source.Name));

    /// <summary>The source that a use makes; null where its name is not a constant.</summary>
    public static EmittedSource? SourceOf(IOperation operation, CatalogueEntry entry)
    {
        if (SignalSource.Of(entry) is not { } source)
            return null;
        var arguments = operation switch
        {
            IObjectCreationOperation creation => creation.Arguments,
            IInvocationOperation call => call.Arguments,
            _ => [],
        };
        var given = arguments.FirstOrDefault(argument => argument.Parameter?.Name == source.Parameter && argument.ArgumentKind == ArgumentKind.Explicit)?.Value;
        var name = given == null || given.ConstantValue is { HasValue: true, Value: null } ? source.Default : given.ConstantValue.Value as string;
        return name == null ? null : new EmittedSource(operation.Syntax, source.Kind, name);
    }

    private bool HasNoListener()
    {
        var listening = model.Catalogue.Of(CatalogueRole.TelemetryProvider).Concat(model.Catalogue.Of(CatalogueRole.TelemetrySource)).ToList();
        var names = new NameSet(listening.SelectMany(entry => entry.Members));
        var libraries = new HashSet<string>(listening.Where(entry => !entry.IsOfBaseLibrary).SelectMany(entry => entry.Library?.List("assemblies") ?? []), StringComparer.Ordinal);
        var known = new HashSet<string>(model.Catalogue.Of(CatalogueRole.Library).SelectMany(library => library.List("assemblies")), StringComparer.Ordinal);
        return ProgramHost.Of(model, CancellationToken.None) == HostKind.Service
            && !model.Compilation.SyntaxTrees.Any(tree => NameIndex.Of(tree, CancellationToken.None).MentionsAny(names))
            && !model.Compilation.SourceModule.ReferencedAssemblySymbols.Any(assembly => assembly is ISourceAssemblySymbol { Compilation: var project }
                ? project.SyntaxTrees.Any(tree => NameIndex.Of(tree, CancellationToken.None).MentionsAny(names))
                : !known.Contains(assembly.Name) && assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => libraries.Contains(reference.Name))));
    }

    private Listeners Listen(SignalKind kind)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        var (areAllKnown, areAllOwn) = (true, true);
        SyntaxNode? site = null;
        foreach (var use in UsesOf(entry => SignalSource.ListensTo(entry) == kind))
        {
            if (model.SemanticsOf(use.Name.SyntaxTree).OperationOf(use.Name, CancellationToken.None) is not IInvocationOperation call)
                continue;
            site ??= call.Syntax;
            foreach (var argument in call.Arguments)
                if (argument.Parameter?.Type is not INamedTypeSymbol)
                    foreach (var value in argument.Value.Elements())
                    {
                        areAllOwn &= value.Unwrap() is not IMemberReferenceOperation { Member: var member } || model.Declares(member);
                        if (value.ConstantValue is { HasValue: true, Value: string name })
                            names.Add(name);
                        else
                            areAllKnown = false;
                    }
        }

        return new Listeners(names.ToImmutable(), areAllKnown, areAllOwn, site);
    }

    private IEnumerable<CatalogueUse> UsesOf(Func<CatalogueEntry, bool> wanted)
    {
        var query = model.Query(wanted);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in query.In(tree, CancellationToken.None))
                yield return use;
    }

    private static bool Matches(string pattern, string source)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1)
            return string.Equals(pattern, source, StringComparison.OrdinalIgnoreCase);
        if (!source.StartsWith(parts[0], StringComparison.OrdinalIgnoreCase))
            return false;
        var at = parts[0].Length;
        for (var i = 1; i < parts.Length - 1; i++)
        {
            var found = source.IndexOf(parts[i], at, StringComparison.OrdinalIgnoreCase);
            if (found < 0)
                return false;
            at = found + parts[i].Length;
        }

        var last = parts[parts.Length - 1];
        return source.Length - at >= last.Length && source.EndsWith(last, StringComparison.OrdinalIgnoreCase);
    }
}
