using System.Collections.Immutable;
using AgentLint.Analysis.Facts;
using AgentLint.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Values;

/// <summary>
/// What calls do with tainted values: by the catalogue, by the summary of a function whose code is here, or by the type that is called.
/// </summary>
internal sealed class TaintCalls(TaintFlow flow)
{
    private TaintRun Run => flow.Context;

    private TaintKnowledge Knowledge => flow.Context.Knowledge;

    /// <summary>What a call gives back.</summary>
    public TaintValue Call(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            var answer = flow.Value(call.Instance);
            foreach (var argument in call.Arguments)
                flow.Value(argument.Value);
            return answer;
        }

        var given = new TaintArguments(call, flow.Value(call.Instance));
        // Functions are gone through last: what they are given is known by then.
        foreach (var argument in call.Arguments)
            if (!IsFunction(argument.Value))
                given[argument] = flow.Value(argument.Value);
        var self = call.Instance != null ? given.Self : method.IsExtensionMethod
            && call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is { } first ? given[first] : TaintValue.Clean;
        var entries = Run.Model.EntriesOf(method);
        var isCarrier = Knowledge.IsCarrier(method.ContainingType);
        var functions = TaintValue.Clean;
        foreach (var argument in call.Arguments)
            if (IsFunction(argument.Value))
            {
                given[argument] = RunFunction(argument.Value, isCarrier || entries.Any(e => e.Role == CatalogueRole.RunsDelegate)
                    ? self.Whole() : TaintValue.Clean);
                functions = functions.Join(given[argument]);
            }

        Reach(entries, method, call, given);
        if (Knowledge.AsksPerson(method))
        {
            if (method.GivesNothing())
                flow.State = flow.State.With(flow.State.Checks with { WasAsked = true });
            return TaintValue.VerdictOn([TaintLabel.Approval]);
        }

        if (entries.FirstOrDefault(e => e.Role == CatalogueRole.TaintSource) is { } source)
            return Source(method, call.Syntax, source["kind"] == "answer" ? TaintOrigin.Answer : TaintOrigin.Argument);
        if (entries.Any(TaintKnowledge.IsAnswer))
            return Source(method, call.Syntax, TaintOrigin.Answer).WithVerdict(given.Labels);
        if (entries.Any(e => e.Role == CatalogueRole.HttpCall) && ModelRequests.Of(Run.Model).IsPrompt(method, call.Syntax))
            return Source(method, call.Syntax, TaintOrigin.Answer).Mark(TaintTraits.Envelope).WithVerdict(given.Labels);
        if (entries.FirstOrDefault(e => e.Role == CatalogueRole.Verifier && !e.Has("when")) is { } verifier)
            return Verified(verifier, given, IsPart(entries), method);
        if (method.MethodKind == MethodKind.LocalFunction)
            return flow.RunLocalFunction(method, parameter => given.For(parameter));
        if (Resolve(call) is { } target)
            return Apply(target, given, call.Syntax, call.Instance);
        ReachForeign(call, given);
        return Outside(call, given, self, functions, isCarrier, entries);
    }

    /// <summary>What a constructor makes.</summary>
    public TaintValue Create(IObjectCreationOperation creation)
    {
        if (creation.Constructor is not { } constructor)
            return TaintValue.Clean;
        var given = new TaintArguments(creation, TaintValue.Clean);
        foreach (var argument in creation.Arguments)
            given[argument] = flow.Value(argument.Value);
        var entries = Run.Model.EntriesOf(constructor);
        Reach(entries, constructor, creation, given);
        if (creation.Initializer != null)
            flow.Value(creation.Initializer);
        if (!Run.Model.Declares(constructor))
        {
            var parts = given.All.Select(pair => pair.Value.Whole()).ToList();
            // new Uri(root, relative): a relative part that is a whole address takes the place of the root.
            return Knowledge.IsCarrier(creation.Type) || given.All.Any(pair => IsFunction(pair.Argument.Value))
                || creation.Type?.SpecialType == SpecialType.System_String
                ? parts.Aggregate(TaintValue.Clean, (made, part) => made.Join(part))
                : given.Everything;
        }

        var made = TaintValue.Clean;
        if (Follows(constructor))
        {
            Apply(constructor, given, creation.Syntax, null, created => made = created);
            if (!made.IsClean)
                return made;
        }

        // A record's parameters are its properties; what a constructor keeps otherwise may be anywhere.
        foreach (var (argument, value) in given.All)
            if (!value.IsClean && argument.Parameter is { } parameter)
                made = constructor.ContainingType.GetMembers().OfType<IPropertySymbol>()
                    .FirstOrDefault(p => string.Equals(p.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)) is { } property
                    ? made.WithMember(property.Name, value)
                    : made.Join(value.Whole());
        return made;
    }

    /// <summary>A member that is set is a sink, where the catalogue says so.</summary>
    public void SetMember(IOperation target, IOperation source, TaintValue value)
    {
        if (target is not IPropertyReferenceOperation { Property: var property } || value.IsClean)
            return;
        foreach (var entry in Run.Model.EntriesOf(property))
            if (SinkFacts.Of(entry) is { IsArgument: false } sink)
                Reach(entry, sink, property, target.Syntax, source, value);
    }

    /// <summary>A part of a text, by its number, where nothing has asked how many parts there are.</summary>
    public void Element(IArrayElementReferenceOperation element, TaintValue parts)
    {
        if (!flow.IsRecording || element.Indices is not { Length: 1 }
            || element.Indices[0].ConstantValue is not { HasValue: true, Value: > 0 }
            || element.Syntax is not ElementAccessExpressionSyntax { Expression: var array } || Knowledge.Indexed is not { } entry
                || IsCounted(array))
            return;
        foreach (var pair in parts.Ordered())
            if (pair.Key.Members.EndsWith("." + entry.Members[0], StringComparison.Ordinal)
                && IsHarmful(pair.Key, pair.Value, SinkKind.Parse, out _)
                && Run.Model.TypesOf(entry).FirstOrDefault()?.GetMembers(entry.Members[0]).FirstOrDefault() is { } split)
                Add(new TaintHit(entry, split, element.Syntax, pair.Key, pair.Value, false, []), array, element.ArrayReference);
    }

    private static bool IsCounted(ExpressionSyntax array) =>
        array is not IdentifierNameSyntax { Identifier.ValueText: var name }
            ? false
            : array.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
                .Any(access => access.Name.Identifier.ValueText is "Length" or "Count"
                    && access.Expression is IdentifierNameSyntax { Identifier.ValueText: var counted } && counted == name) == true;

    /// <summary>What the code of a property gives.</summary>
    public TaintValue Getter(IMethodSymbol getter, IMemberReferenceOperation reference) =>
        Run.Model.Declares(getter) && Run.Engine.HasBody(getter, Run.Cancellation) && CallGraph.Of(Run.Model).Resolve(getter) is { } target
            ? Apply(target, new TaintArguments(reference, flow.Value(reference.Instance)), reference.Syntax, reference.Instance)
            : TaintValue.Clean;

    /// <summary>What a method gives back where its name alone is handed over.</summary>
    public TaintValue Group(IMethodReferenceOperation group, TaintValue given)
    {
        if (group.Method.MethodKind == MethodKind.LocalFunction)
            return flow.RunLocalFunction(group.Method, parameter => Knowledge.IsClosed(parameter.Type) ? TaintValue.Clean : given);
        if (CallGraph.Of(Run.Model).Resolve(group.Method) is not { } target || !Follows(target))
            return Knowledge.IsCarrier(group.Method.ContainingType) ? given : TaintValue.Clean;
        var arguments = new TaintArguments(group, flow.Value(group.Instance));
        foreach (var parameter in target.Parameters)
            arguments.Give(parameter.Ordinal, Knowledge.IsClosed(parameter.Type) ? TaintValue.Clean : given);
        return Apply(target, arguments, group.Syntax, group.Instance);
    }

    private static bool IsFunction(IOperation value) =>
        TaintArguments.Unwrap(value) is IFlowAnonymousFunctionOperation or IMethodReferenceOperation;

    private TaintValue RunFunction(IOperation value, TaintValue given) => TaintArguments.Unwrap(value) switch
    {
        IFlowAnonymousFunctionOperation lambda => flow.RunLambda(lambda, given),
        IMethodReferenceOperation group => Group(group, given),
        _ => TaintValue.Clean,
    };

    private TaintValue Source(ISymbol member, SyntaxNode site, TaintOrigin origin)
    {
        var source = new TaintSource(origin, member, site);
        flow.State = flow.State.With(flow.State.Checks.Without(source));
        return TaintValue.Of(new TaintLabel(source, ""));
    }

    private TaintValue Verified(CatalogueEntry verifier, TaintArguments given, bool isPart, IMethodSymbol method)
    {
        if (verifier.Has("canonical"))
            return given.Everything.Mark(TaintTraits.Canonical);
        if (TaintKnowledge.ClearedBy(verifier) is not TaintSinks.None and var cleared)
            return (isPart ? given.Everything.Member(method.Name) : given.Everything).Clear(cleared);
        // What a validator lets pass, or says yes to.
        if (method.GivesNothing())
            Check(given.Labels, TaintSinks.All);
        return TaintValue.VerdictOn(given.Labels);
    }

    private static bool IsPart(ImmutableArray<CatalogueEntry> entries) => entries.Any(entry => entry.Role == CatalogueRole.Part);

    private void Check(IEnumerable<TaintLabel> labels, TaintSinks sinks) =>
        flow.State = flow.State.With(flow.State.Checks.With(labels, sinks));

    private IMethodSymbol? Resolve(IInvocationOperation call)
    {
        var method = call.TargetMethod.ReducedFrom ?? call.TargetMethod;
        var target = call.IsVirtual || call.TargetMethod.ContainingType?.TypeKind == TypeKind.Interface ? CallGraph.Of(Run.Model)
            .Resolve(method) : method.OriginalDefinition;
        return target != null && Follows(target) ? target.Implementation() : null;
    }

    private bool Follows(IMethodSymbol method) => Run.Model.Declares(method) && MethodBodies.HasSource(method, Run.Model);

    // ---- functions whose code is not here ---------------------------------------------------------------------------------

    private TaintValue Outside(
        IInvocationOperation call, TaintArguments given, TaintValue self, TaintValue functions, bool isCarrier,
            ImmutableArray<CatalogueEntry> entries)
    {
        var method = call.TargetMethod;
        var isCollection = Knowledge.IsCollection(method.ContainingType);
        var result = method.ReturnType.SpecialType == SpecialType.System_Boolean ? TaintValue.Clean : functions;
        if (isCarrier)
        {
            // A table gives what was put into it, not what it is asked with; a projection gives what its function gives.
            if (call.Instance != null)
                result = result.Join(isCollection ? self.Whole() : self.Whole().Join(given.Everything));
            else if (method.IsExtensionMethod && method.ContainingType.Name == "CollectionExtensions")
                result = result.Join(self.Whole());
            else if (!IsProjection(method))
                result = result.Join(TextOf(call, given));
            if (call.Instance != null && !given.Everything.Labels.IsEmpty && IsChanged(call))
                flow.AddTo(call.Instance, given.Everything);
        }
        else if (!self.IsClean && !entries.Any(entry => entry.IsRemoteCall()))
            result = result.Join(self.Whole());
        foreach (var argument in call.Arguments)
            if (argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref)
                flow.Store(argument.Value, isCarrier || !self.IsClean
                    ? Open(call.Instance != null ? self.Whole() : given.Everything, argument.Value.Type) : TaintValue.Clean, null);
        if (entries.Any(entry => SinkFacts.Of(entry) is { Kind: SinkKind.Parse, IsIndexed: false }))
            result = result.Read();
        if (IsPart(entries) && !result.Labels.IsEmpty)
            result = result.Member(method.Name);
        // A look-up, a validator: what it says of a value can decide about it.
        var root = method.ContainingNamespace;
        while (root is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            root = root.ContainingNamespace;
        return root?.Name == "System" ? result.WithVerdict(self.Verdict) : result.WithVerdict(self.Verdict.Union(given.Labels));
    }

    private TaintValue Open(TaintValue value, ITypeSymbol? type) => Knowledge.IsClosed(type) ? value.WithoutLabels() : value;

    // IEnumerable<TResult> Select<TSource, TResult>(…, Func<TSource, TResult>): made of what the function gives.
    private static bool IsProjection(IMethodSymbol method)
    {
        var definition = method.OriginalDefinition;
        return LastArgument(definition.ReturnType) is ITypeParameterSymbol made
            && definition.IsExtensionMethod
            && definition.Parameters.Any(parameter => parameter.Type.TypeKind == TypeKind.Delegate
                && SymbolEqualityComparer.Default.Equals(LastArgument(parameter.Type), made))
            && !SymbolEqualityComparer.Default.Equals(LastArgument(definition.Parameters[0].Type), made);
    }

    private static ITypeSymbol? LastArgument(ITypeSymbol type) => type is INamedTypeSymbol { TypeArguments: var arguments }
        && !arguments.IsEmpty ? arguments[arguments.Length - 1] : null;

    // string.Format("https://host/{0}", …), string.Concat: the first text settles the host.
    private TaintValue TextOf(IInvocationOperation call, TaintArguments given)
    {
        if (call.TargetMethod.ContainingType.SpecialType != SpecialType.System_String)
            return given.Everything;
        var prefix = new TaintPrefix();
        var text = TaintValue.Clean;
        foreach (var argument in call.Arguments.OrderBy(a => a.Parameter?.Ordinal))
            foreach (var part in argument.Value.Elements())
            {
                var value = given[argument].Whole();
                text = text.Join(prefix.IsAnchor ? value.Mark(TaintTraits.Anchored) : value);
                var constant = part.ConstantValue is { HasValue: true, Value: { } known } ? known.ToString() : null;
                var hole = constant?.IndexOf('{') ?? -1;
                prefix.Add(hole >= 0 ? constant!.Substring(0, hole) : constant, !value.Labels.IsEmpty);
            }

        return text;
    }

    // list.Add(x), builder.Append(x): the object is changed where the call gives nothing, or the object itself.
    private static bool IsChanged(IInvocationOperation call) =>
        call.Instance is { Type.SpecialType: not SpecialType.System_String } instance
        && (call.TargetMethod.ReturnsVoid
            // A look-up in a table puts nothing into it.
            || (call.TargetMethod is { Name: "Add" or "TryAdd", ReturnType.SpecialType: SpecialType.System_Boolean or SpecialType.System_Int32 })
            || SymbolEqualityComparer.Default.Equals(call.TargetMethod.ReturnType, instance.Type));

    // ---- functions whose code is here ---------------------------------------------------------------------------------------

    private TaintValue Apply(IMethodSymbol target, TaintArguments given, SyntaxNode site, IOperation? instance,
        Action<TaintValue>? made = null)
    {
        var tainted = 0UL;
        foreach (var parameter in target.Parameters)
            if (given.For(parameter) is { } value && (!value.Labels.IsEmpty || !value.Members.IsEmpty))
                tainted |= TaintKey.Bit(parameter.Ordinal);
        if (!given.Self.Labels.IsEmpty || !given.Self.Members.IsEmpty)
            tainted |= TaintKey.Bit(-1);
        if (Run.Engine.Get(Run, target.Implementation(), tainted) is not { } summary)
            return TaintValue.Clean;
        foreach (var hit in summary.Hits)
            ReachThrough(hit, target, given, site);
        foreach (var pair in summary.Written)
        {
            var value = Substitute(pair.Value, given, null);
            if (pair.Key >= 0)
                AddMembers(given.Operation(pair.Key), value);
            else if (made != null)
                made(value);
            else if (instance is IInstanceReferenceOperation)
                foreach (var member in value.Members)
                    flow.State = flow.State.With(TaintFlow.Self,
                        flow.State[TaintFlow.Self].WithMember(member.Key, flow.State[TaintFlow.Self].Member(member.Key)
                            .Join(member.Value)));
            else
                AddMembers(instance, value);
        }

        var returned = Substitute(summary.Returned, given, new TaintStep(target, site));
        if (target.ReturnType.SpecialType != SpecialType.System_Boolean
            && LastArgument(target.ReturnType)?.SpecialType != SpecialType.System_Boolean)
            returned = returned.WithVerdict(summary.Tested.SelectMany(label => LabelsOf(label, given)).Select(pair => pair.Key));
        var checks = Map(summary.After, given);
        flow.State = flow.State.With(flow.State.Checks.And(checks));
        return returned;
    }

    /// <summary>What a function whose code is here has checked when it gives true, or false; null where its code is not here.</summary>
    public TaintChecks? CheckedBy(IInvocationOperation call, bool outcome)
    {
        if (call.TargetMethod.MethodKind == MethodKind.LocalFunction)
            return flow.LocalFunctionSays(call, outcome);
        TaintSummary? summary = null;
        var given = new TaintArguments(call, flow.Peek(call.Instance));
        foreach (var argument in call.Arguments)
            given[argument] = flow.Peek(argument.Value);
        if (Resolve(call) is { } target)
        {
            var tainted = 0UL;
            foreach (var parameter in target.Parameters)
                if (!given.For(parameter).Labels.IsEmpty || !given.For(parameter).Members.IsEmpty)
                    tainted |= TaintKey.Bit(parameter.Ordinal);
            if (!given.Self.Labels.IsEmpty || !given.Self.Members.IsEmpty)
                tainted |= TaintKey.Bit(-1);
            summary = Run.Engine.Get(Run, target, tainted);
            if (summary == null)
                return TaintChecks.None;
        }

        return summary == null ? null : Map(outcome ? summary.WhenTrue : summary.WhenFalse, given);
    }

    private TaintChecks Map(TaintChecks checks, TaintArguments given)
    {
        var mapped = TaintChecks.None with { WasAsked = checks.WasAsked };
        foreach (var pair in checks.Labels)
        {
            // A function that has made the path full itself speaks of the path that it was given.
            const TaintSinks InsideOfRoot = TaintSinks.Outside | TaintSinks.Full;
            var sinks = (pair.Value & InsideOfRoot) == InsideOfRoot ? pair.Value | TaintSinks.Path : pair.Value;
            mapped = mapped.With(LabelsOf(pair.Key, given).Select(label => label.Key), sinks);
        }

        return mapped;
    }

    private static IEnumerable<KeyValuePair<TaintLabel, TaintFacts>> LabelsOf(TaintLabel label, TaintArguments given)
    {
        if (label.Source.Origin != TaintOrigin.Parameter)
            return [];
        var value = label.Source.Ordinal < 0 ? given.Self : given.At(label.Source.Ordinal);
        foreach (var member in label.Members.Split(['.'], StringSplitOptions.RemoveEmptyEntries))
            value = value.Member(member);
        return value.Whole().Ordered();
    }

    private static TaintValue Substitute(TaintValue value, TaintArguments given, TaintStep? step)
    {
        var result = TaintValue.Clean;
        foreach (var pair in value.Labels)
            if (pair.Key.Source.Origin != TaintOrigin.Parameter)
                result = result.With(pair.Key, step == null || pair.Value.Via.Length >= Taint.MaxCalls ? pair.Value
                    : pair.Value with { Via = pair.Value.Via.Add(step) });
            else if (pair.Key.Members.Length == 0 && pair.Value.Traits == TaintTraits.None && pair.Value.Sinks == TaintSinks.All)
                result = result.Join(label(pair.Key));
            else
                foreach (var (mapped, facts) in LabelsOf(pair.Key, given).Select(p => (p.Key, p.Value)))
                    result = result.With(mapped, facts.Through(pair.Value));
        foreach (var member in value.Members)
            result = result.WithMember(member.Key, Substitute(member.Value, given, step));
        return result.WithVerdict(value.Verdict.Where(l => l.Source.Origin != TaintOrigin.Parameter)
            .Concat(value.Verdict.SelectMany(l => LabelsOf(l, given)).Select(p => p.Key)));

        // A parameter that is handed back as it is keeps its members apart.
        TaintValue label(TaintLabel parameter) => parameter.Source.Ordinal < 0 ? given.Self : given.At(parameter.Source.Ordinal);
    }

    private void AddMembers(IOperation? target, TaintValue value)
    {
        foreach (var member in value.Members)
            flow.AddTo(target, member.Value, member.Key);
        var whole = TaintValue.Clean;
        foreach (var pair in value.Labels)
            whole = whole.With(pair.Key, pair.Value);
        flow.AddTo(target, whole);
    }

    // ---- sinks ------------------------------------------------------------------------------------------------------------------

    private void Reach(ImmutableArray<CatalogueEntry> entries, IMethodSymbol method, IOperation call, TaintArguments given)
    {
        // start.ArgumentList.Add(x)
        if (call is IInvocationOperation { Instance: { } list }
            && flow.Uncaptured(list) is IPropertyReferenceOperation { Property: var property })
            foreach (var entry in Run.Model.EntriesOf(property))
                if (SinkFacts.Of(entry) is { IsArgument: true } sink)
                    foreach (var (argument, value) in given.All)
                        Reach(entry, sink, property, call.Syntax, argument.Value, value);
        foreach (var entry in entries)
            if (SinkFacts.Of(entry) is { IsIndexed: false } sink)
            {
                foreach (var (argument, value) in given.All)
                    if (sink.Parameters.IsEmpty ? argument.Parameter is { Ordinal: var ordinal }
                        && !(method.IsExtensionMethod && ordinal == 0) : sink.Parameters.Contains(argument.Parameter?.Name ?? ""))
                        Reach(entry, sink, method, call.Syntax, argument.Value, value);
                // file.Delete()
                if (sink is { Kind: SinkKind.Path, Parameters.IsEmpty: true } && call is IInvocationOperation { Instance: { } file })
                    Reach(entry, sink, method, call.Syntax, file, given.Self);
            }
    }

    private void Reach(CatalogueEntry entry, SinkFacts sink, ISymbol member, SyntaxNode site, IOperation source, TaintValue value)
    {
        if (!flow.IsRecording || value.IsClean)
            return;
        if (sink.IsArgument && !RunsInterpreter(site))
            return;
        foreach (var pair in value.Whole().Ordered())
            if (IsHarmful(pair.Key, pair.Value, sink.Kind, out var hasPrefix))
                Add(new TaintHit(entry, member, site, pair.Key, pair.Value, hasPrefix, []), source.Syntax, source);
    }

    // The sinks that a member of another project hands its parameters to.
    private void ReachForeign(IInvocationOperation call, TaintArguments given)
    {
        if (!flow.IsRecording || given.Everything.IsClean)
            return;
        var method = call.TargetMethod.ReducedFrom ?? call.TargetMethod;
        if (CallGraph.Of(Run.Model).Resolve(method) is not { } target || ForeignFacts.Of(Run.Model).Of(target, Run.Cancellation) is not { Sinks: var sinks })
            return;
        foreach (var sink in sinks)
        {
            var label = new TaintLabel(TaintSource.Parameter(sink.Parameter), sink.Members);
            var member = ForeignFacts.Of(Run.Model).MemberOf(sink.Entry, sink.Api) ?? target;
            var hit = new TaintHit(sink.Entry, member, call.Syntax, label, TaintFacts.Fresh with { Traits = sink.Traits }, false, []) { Beyond = sink.Way.RemoveAt(sink.Way.Length - 1) };
            ReachThrough(hit, target, given, call.Syntax);
        }
    }

    private void ReachThrough(TaintHit hit, IMethodSymbol target, TaintArguments given, SyntaxNode site)
    {
        if (!flow.IsRecording || hit.Calls.Length >= Taint.MaxCalls || SinkFacts.Of(hit.Entry) is not { } sink)
            return;
        foreach (var pair in LabelsOf(hit.Label, given))
        {
            var facts = pair.Value.Through(hit.Facts);
            if (IsHarmful(pair.Key, facts, sink.Kind, out var hasPrefix))
                Add(
                    hit with { Label = pair.Key, Facts = facts, HasPrefix = hit.HasPrefix || hasPrefix,
                        Calls = hit.Calls.Insert(0, new TaintStep(target, site)) },
                    site,
                    hit.Label.Source.Ordinal < 0 ? given.SelfOperation : given.Operation(hit.Label.Source.Ordinal));
        }
    }

    private void Add(TaintHit hit, SyntaxNode site, IOperation? source)
    {
        if (hit.Label.Source.Origin == TaintOrigin.Parameter)
            Run.Add(hit);
        else if (hit.Label.Source.Origin != TaintOrigin.Person)
            Run.Add(new TaintFinding(Run.Key.Function, source is { IsImplicit: false } ? source.Syntax : site,
                TaintNames.Of(hit, source, flow), hit));
    }

    private bool IsHarmful(TaintLabel label, TaintFacts facts, SinkKind kind, out bool hasPrefix)
    {
        var sinks = TaintKnowledge.SinksOf(kind);
        var known = flow.State.Checks.Of(label);
        hasPrefix = (known & TaintSinks.Prefix) != 0;
        if ((facts.Sinks & sinks) == 0 || (flow.State.Checks.IsApproved && kind is not (SinkKind.Parse or SinkKind.Telemetry)))
            return false;
        return kind switch
        {
            SinkKind.Path => (known & TaintSinks.Path) == 0
                && (known & (TaintSinks.Dots | TaintSinks.Root)) != (TaintSinks.Dots | TaintSinks.Root)
                && !((known & TaintSinks.Outside) != 0 && (facts.Traits & TaintTraits.Canonical) != 0),
            // A check of one part of what is stored counts for all of it.
            SinkKind.Store => !flow.State.Checks.Touches(label),
            SinkKind.Address => (known & sinks) == 0 && (facts.Traits & TaintTraits.Anchored) == 0,
            _ => (known & sinks) == 0,
        };
    }

    // The program stands as a constant beside its arguments.
    private bool RunsInterpreter(SyntaxNode site) =>
        site.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member
        && member.DescendantTokens().Any(token => token.Value is string text && Knowledge.IsCommandInterpreter(text));
}
