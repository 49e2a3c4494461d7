using System.Collections.Concurrent;
using System.Collections.Immutable;
using AgentLint.Analysis.Concurrency;
using AgentLint.Analysis.Flow;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Checks.SharedState;

/// <summary>
/// Finds entries of a store that are read, and then replaced whatever is there: by a value made of the old one, or to claim work that the old one left open.
/// The entry may be read, and written, by methods of the program that stand before the store.
/// </summary>
internal sealed class StoreChecks
{
    // How many names a key is followed through.
    private const int MaxSteps = 6;

    private readonly AgentModel model;
    private readonly int depth;
    private readonly ILookup<SyntaxTree, CheckThenAct> all;

    private StoreChecks(AgentModel model, int depth, CancellationToken cancellation)
    {
        this.model = model;
        this.depth = depth;
        var found = new Dictionary<SyntaxNode, CheckThenAct>();
        var known = new Dictionary<SyntaxNode, IReadOnlyList<Read>>();
        var stores = model.Query(IsStore);
        foreach (var tree in model.Compilation.SyntaxTrees)
            foreach (var use in stores.In(tree, cancellation))
                if (model.SemanticsOf(tree).OperationOf(use.Name, cancellation) is IInvocationOperation write)
                    foreach (var site in WriteSites.Of(model).LeadingTo(write, cancellation))
                        if (Check(site, use.Entry, known, cancellation) is { } one && !found.ContainsKey(one.Write))
                            found.Add(one.Write, one);
        all = found.Values.OrderBy(one => one.Write.SpanStart).ToLookup(one => one.Write.SyntaxTree);
    }

    /// <summary>The entries of stores that a file replaces without a condition after it has read them, in the order of the text.</summary>
    public static IEnumerable<CheckThenAct> In(SyntaxTree tree, AgentModel model, int depth, CancellationToken cancellation) =>
        model.Shared(_ => new Slots()).ByDepth.GetOrAdd(depth, _ => new Once<StoreChecks>()).Get(() => new StoreChecks(model, depth, cancellation)).all[tree];

    // A write that replaces what was there; a file is a store where its text is read as data, see below.
    private static bool IsStore(CatalogueEntry entry) =>
        (entry is { Role: CatalogueRole.Effect } && entry["class"] == "idempotent" && (entry["kind"] == "upsert" || IsFile(entry)))
        || (entry.Role == CatalogueRole.LocalStore && entry["access"] == "write");

    private static bool IsFile(CatalogueEntry entry) => entry["kind"] == "file" && entry.Has("overwrites");

    private CheckThenAct? Check(WriteSite at, CatalogueEntry entry, Dictionary<SyntaxNode, IReadOnlyList<Read>> known, CancellationToken cancellation)
    {
        var site = at.Site;
        if (site.SemanticModel is not { } semantics || FlowGraphs.FunctionAround(site.Syntax) is not { } function || IsConditional(at, entry, cancellation))
            return null;
        // A function is read once, however often it writes.
        if (!known.TryGetValue(function, out var own))
            known.Add(function, own = [.. ReadsIn(function, semantics, cancellation)]);
        var reads = own.Where(read => read.Site.Syntax.Span.End < site.Syntax.SpanStart && IsOfSameStore(read, at, cancellation)).ToList();
        if (reads.Count == 0)
            return null;
        var written = ValuesOf(at, cancellation).ToList();
        foreach (var read in reads)
            if ((IsByFilter(entry) || HaveSameKey(read, at, cancellation))
                && (written.Any(IsMadeOfReads) || (at.Way.IsEmpty && IsClaim(read.Site)))
                && (!IsFile(entry) || IsData(read, written, cancellation))
                && SharedEntries.EntranceOf(site.Syntax, false, model, cancellation) is { } entrance)
                return new CheckThenAct(EntryOf(at, entry, cancellation), read.Site.Syntax, site.Syntax, entrance, RemedyOf(entry));

        return null;

        bool IsMadeOfReads(IOperation value) =>
            IsFrom(value) || value.DescendantsAndSelf().OfType<ILocalReferenceOperation>().Any(local => IsFrom(local) && local.Type is { IsReferenceType: true });

        bool IsFrom(IOperation value) => reads.Any(read => SharedEntries.IsMadeOf(value, part => part.Syntax == read.Site.Syntax || IsOutOf(part, read), semantics, cancellation, IsReplaced));

        // cache.TryGetValue(key, out var count)
        bool IsOutOf(IOperation part, Read read) =>
            part is ILocalReferenceOperation { Local: var local } && !IsReplaced(local)
            && read.Site.Arguments.Any(argument => argument.Parameter?.RefKind == RefKind.Out && argument.Value.DescendantsAndSelf().Any(given => given is ILocalReferenceOperation { Local: var filled } && SymbolEqualityComparer.Default.Equals(filled, local)));

        // page = await LoadAsync(key): what was read is no part of it. A new list in place of one that was not there still loses what another call has put there.
        bool IsReplaced(ILocalSymbol local) =>
            function.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(set =>
                set.IsKind(SyntaxKind.SimpleAssignmentExpression) && set.SpanStart < site.Syntax.SpanStart && set.Left is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name
                && set.Right is AwaitExpressionSyntax or InvocationExpressionSyntax);

        // if (await cache.GetAsync(id) != null) return; await cache.SetAsync(id, "taken"); work: two deliveries both find nothing and both work.
        bool IsClaim(IInvocationOperation read) =>
            function.DescendantNodes().OfType<IfStatementSyntax>().Any(choice =>
                choice.Condition.Span.End > read.Syntax.SpanStart && choice.SpanStart < site.Syntax.SpanStart
                && SharedEntries.Leaves(choice) is { } guard && FlowGraphs.FunctionAround(guard) == function
                && semantics.GetOperation(guard, cancellation) is { } asked && SharedEntries.IsMadeOf(asked, part => part.Syntax == read.Syntax, semantics, cancellation))
            && function.DescendantNodes().OfType<AwaitExpressionSyntax>().Any(work =>
                work.SpanStart > site.Syntax.Span.End && FlowGraphs.FunctionAround(work) == function
                && semantics.GetOperation(work, cancellation) is { } later
                && EffectSummaries.Of(model).Of(later, depth, cancellation).Effects.Any(effect => effect.Entry.AsksModelOrAgent() || (effect.Entry.Role == CatalogueRole.Effect && !IsStore(effect.Entry))));
    }

    // ---- writes -----------------------------------------------------------------------------------------------------------

    // An ETag or a version that is given. A filter that only names the entry is no condition.
    private static bool IsConditional(WriteSite at, CatalogueEntry entry, CancellationToken cancellation) =>
        entry["condition"] is { } condition
        && at.Write.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == condition && !argument.IsImplicit && argument.Value.ConstantValue is not { HasValue: true, Value: null }) is { } given
        && !(IsByFilter(entry) && IsOfOneMember(given.Value, entry, MaxSteps, cancellation));

    // The row is found again by a query, not by a key.
    private static bool IsByFilter(CatalogueEntry entry) => entry.Has("filters");

    // row => row.Id == id, Builders<Row>.Filter.Eq(row => row.Id, id)
    private static bool IsOfOneMember(IOperation filter, CatalogueEntry entry, int steps, CancellationToken cancellation)
    {
        filter = filter.Unwrap();
        if (steps > 0 && filter is ILocalReferenceOperation { Local: var local, SemanticModel: { } semantics } && local.InitializerOf(semantics, cancellation) is { } made)
            return IsOfOneMember(made, entry, steps - 1, cancellation);
        return filter switch
        {
            IAnonymousFunctionOperation lambda => lambda.Body.Descendants().OfType<IBinaryOperation>().Select(test => test.OperatorKind).SequenceEqual([BinaryOperatorKind.Equals]),
            IInvocationOperation { TargetMethod.Name: var condition } => entry.List("filters").Contains(condition),
            _ => false,
        };
    }

    // What is written, as the function around the site gives it.
    private static IEnumerable<IOperation> ValuesOf(WriteSite at, CancellationToken cancellation)
    {
        var values = at.Write.Arguments.Where(argument => !argument.IsImplicit).Select(argument => argument.Value).ToList();
        foreach (var call in at.Way)
        {
            var taken = new HashSet<int>();
            foreach (var value in values)
                if (value.SemanticModel is { } semantics)
                    SharedEntries.IsMadeOf(value, part => part is IParameterReferenceOperation { Parameter: var parameter } && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, EnclosingOf(value, semantics, cancellation)) && !taken.Add(parameter.Ordinal), semantics, cancellation);
            values = [.. call.Arguments.Where(argument => argument.Parameter is { } parameter && !argument.IsImplicit && taken.Contains(parameter.Ordinal)).Select(argument => argument.Value)];
        }

        return values;
    }

    private static ISymbol? EnclosingOf(IOperation value, SemanticModel semantics, CancellationToken cancellation) => semantics.GetEnclosingSymbol(value.Syntax.SpanStart, cancellation)?.OriginalDefinition;

    private static string RemedyOf(CatalogueEntry entry) =>
        IsFile(entry) ? "hold one lock from the read to the write" : IsByFilter(entry) ? "compare a version in the filter" : entry["condition"] is { } etag ? $"pass '{etag}'" : "use a version, an ETag or a lock";

    // ---- reads ------------------------------------------------------------------------------------------------------------

    // The reads in the function itself, and those of helpers that give back what they read.
    private IEnumerable<Read> ReadsIn(SyntaxNode function, SemanticModel semantics, CancellationToken cancellation)
    {
        foreach (var syntax in function.DescendantNodes().OfType<InvocationExpressionSyntax>())
            if (FlowGraphs.FunctionAround(syntax) == function && semantics.GetOperation(syntax, cancellation) is IInvocationOperation call)
                if (IsRead(call))
                    yield return new Read(call, []);
                else if (model.Declares(call.TargetMethod) && ReadIn(call.TargetMethod, cancellation) is { } read)
                    yield return new Read(read, [call]);
    }

    private IInvocationOperation? ReadIn(IMethodSymbol method, CancellationToken cancellation)
    {
        var target = method.MethodKind == MethodKind.LocalFunction ? method.OriginalDefinition : CallGraph.Of(model).Resolve(method);
        if (target == null)
            return null;
        IInvocationOperation? found = null;
        foreach (var body in MethodBodies.Of(target, model, cancellation))
            foreach (var end in body.Descendants().OfType<IReturnOperation>())
                if (end.ReturnedValue is { SemanticModel: { } semantics } value
                    && SharedEntries.IsMadeOf(value, part => part is IInvocationOperation call && IsRead(call) && (found = call) != null, semantics, cancellation))
                    return found;
        return null;
    }

    private bool IsRead(IInvocationOperation call)
    {
        var entries = model.EntriesOf(call.TargetMethod);
        return (entries.Any(entry => entry.Role is CatalogueRole.StorageCall or CatalogueRole.DatabaseCall) && !entries.Any(entry => entry.Role == CatalogueRole.Effect)
                && call.TargetMethod.ReturnType is INamedTypeSymbol { TypeArguments.Length: > 0 })
            || entries.Any(entry => entry.Role == CatalogueRole.LocalStore && entry["access"] == "read")
            || entries.Any(entry => entry.Role == CatalogueRole.Sink && entry["kind"] == "path" && entry["access"] == "read" && call.TargetMethod.IsStatic);
    }

    // A file that is read as data, changed and written again is a store of the program's own; one whose text is edited is the user's.
    private bool IsData(Read read, IReadOnlyList<IOperation> written, CancellationToken cancellation)
    {
        return written.Any(value => Parses(value)) || (!read.Way.IsEmpty && CallGraph.Of(model).Resolve(read.Site.TargetMethod) is { } helper
            && MethodBodies.Of(helper, model, cancellation).Any(body => body.Descendants().OfType<IInvocationOperation>().Any(IsParse)));

        bool Parses(IOperation value) => value.SemanticModel is { } semantics && SharedEntries.IsMadeOf(value, part => part is IInvocationOperation call && IsParse(call), semantics, cancellation);
    }

    private bool IsParse(IInvocationOperation call) => model.EntriesOf(call.TargetMethod).Any(entry => entry.Role == CatalogueRole.Sink && entry["kind"] == "parse");

    // ---- stores and keys --------------------------------------------------------------------------------------------------

    private static bool IsOfSameStore(Read read, WriteSite at, CancellationToken cancellation)
    {
        if (OwnerOf(read.Way) is { } reader && OwnerOf(at.Way) is { } writer && !reader.Overlaps(writer))
            return false;
        return (StoreOf(read.Call, cancellation), StoreOf(at.Write, cancellation)) switch
        {
            ({ } one, { } other) => one.Overlaps(other),
            (null, null) => read.Call.Instance == null && SymbolEqualityComparer.Default.Equals(read.Call.TargetMethod.ContainingType, at.Write.TargetMethod.ContainingType),
            _ => false,
        };
    }

    // The object whose methods read and write: repository in repository.Load(id).
    private static AccessPath? OwnerOf(ImmutableArray<IInvocationOperation> way) => way.IsEmpty ? null : AccessPath.Of(way[way.Length - 1].Instance);

    // db in db.Find(…).FirstAsync(); what a local was made by stands for it: var db = redis.GetDatabase(). What is made of nothing shared stands for itself.
    private static AccessPath? StoreOf(IInvocationOperation call, CancellationToken cancellation)
    {
        AccessPath? own = null;
        var part = call.Receiver()?.Unwrap();
        for (var steps = 0; part != null && steps < MaxSteps; steps++)
            switch (part)
            {
                case IInvocationOperation made:
                    part = made.Receiver()?.Unwrap();
                    break;
                case IAwaitOperation awaited:
                    part = awaited.Operation.Unwrap();
                    break;
                case ILocalReferenceOperation { Local: var local, SemanticModel: { } semantics } when local.InitializerOf(semantics, cancellation)?.Unwrap() is IInvocationOperation made && made.Receiver() != null:
                    own = AccessPath.Of(part);
                    part = made;
                    break;
                default:
                    return AccessPath.Of(part) ?? own;
            }

        return own;
    }

    // Each part of a key that both name has to be the same; where they name none alike, any.
    private static bool HaveSameKey(Read read, WriteSite at, CancellationToken cancellation)
    {
        var asked = KeysOf(read.Call, read.Way, cancellation);
        var set = KeysOf(at.Write, at.Way, cancellation);
        var shared = set.Where(key => asked.Any(other => other.Name == key.Name)).ToList();
        return shared.Count > 0 ? shared.All(key => asked.Any(other => other == key)) : asked.Any(key => set.Any(other => other.Text == key.Text));
    }

    private static List<(string Name, string Text)> KeysOf(IInvocationOperation call, ImmutableArray<IInvocationOperation> way, CancellationToken cancellation) =>
        [.. ArgumentsOf(call).Select(argument => (argument.Parameter!.Name, TextOf(argument.Value, way, MaxSteps, cancellation)))];

    private static IEnumerable<IArgumentOperation> ArgumentsOf(IInvocationOperation call) =>
        call.Arguments.Where(argument => !argument.IsImplicit && argument.Parameter is { RefKind: RefKind.None, Type.Name: not "CancellationToken" } parameter && !(call.TargetMethod.IsExtensionMethod && parameter.Ordinal == 0));

    // What a key is, in the words of the function around the site: helpers call it otherwise.
    private static string TextOf(IOperation value, ImmutableArray<IInvocationOperation> way, int steps, CancellationToken cancellation)
    {
        value = value.Unwrap();
        if (steps == 0)
            return value.Syntax.ToString();
        switch (value)
        {
            case IParameterReferenceOperation { Parameter: var parameter } when WriteSite.Given(parameter, way, out var rest) is { } given:
                return TextOf(given, rest, steps - 1, cancellation);
            case ILocalReferenceOperation { Local: var local, SemanticModel: { } semantics } when local.InitializerOf(semantics, cancellation) is { } made:
                return TextOf(made, way, steps - 1, cancellation);
            case IInvocationOperation call:
                return $"{call.TargetMethod.Name}({string.Join(",", call.Arguments.Where(argument => !argument.IsImplicit).Select(argument => TextOf(argument.Value, way, steps - 1, cancellation)))})";
            case IInterpolatedStringOperation text:
                return string.Concat(text.Parts.Select(part => part is IInterpolationOperation hole ? TextOf(hole.Expression, way, steps - 1, cancellation) : part.Syntax.ToString()));
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum:
                return TextOf(sum.LeftOperand, way, steps - 1, cancellation) + TextOf(sum.RightOperand, way, steps - 1, cancellation);
            case IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation, Member: var member }:
                return member.Name;
            default:
                return value.Syntax.NormalizeWhitespace().ToString();
        }
    }

    private static string EntryOf(WriteSite at, CatalogueEntry entry, CancellationToken cancellation)
    {
        var write = at.Write;
        var texts = ArgumentsOf(write).Where(argument => argument.Value.Unwrap().Type?.SpecialType == SpecialType.System_String)
            .Select(argument => (Outside(argument.Value, at.Way) ?? argument.Value).Syntax.ToString().Trim('"')).Take(2).ToList();
        if (StoreOf(write, cancellation) is not { } store)
            return $"the {(IsFile(entry) ? "file" : "entry")} '{texts.FirstOrDefault() ?? write.TargetMethod.Name}'";
        // Dapr's state has the store's name before the key.
        return (texts.Count, Witness.NameOf(store.Member ?? store.Root)) switch
        {
            (0, var name) => $"the entry of '{name}'",
            (1, var name) => $"the entry '{texts[0]}' of '{name}'",
            (_, _) when write.Arguments.Length > 2 && write.TargetMethod.Parameters.Any(parameter => parameter.Name == "storeName") => $"the entry '{texts[1]}' of '{texts[0]}'",
            (_, var name) => $"the entry '{texts[0]}' of '{name}'",
        };
    }

    private static IOperation? Outside(IOperation value, ImmutableArray<IInvocationOperation> way)
    {
        IOperation? found = null;
        while (value.Unwrap() is IParameterReferenceOperation { Parameter: var parameter } && WriteSite.Given(parameter, way, out way) is { } given)
            found = value = given;
        return found;
    }

    // A call that reads, and the calls of the helpers around it, outwards.
    private readonly record struct Read(IInvocationOperation Call, ImmutableArray<IInvocationOperation> Way)
    {
        public IInvocationOperation Site => Way.IsEmpty ? Call : Way[Way.Length - 1];
    }

    private sealed class Slots
    {
        public ConcurrentDictionary<int, Once<StoreChecks>> ByDepth { get; } = new();
    }
}
