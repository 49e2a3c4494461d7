using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// Finds values that are read, changed and written back: a tracked row that is counted up and saved, an update of a column by itself, a state or a cache
/// entry that is set to what was there and something more. Run again, such a write changes the value again.
/// </summary>
internal sealed class RelativeChanges(AgentModel model)
{
    private const int MaxValues = 60;

    public static RelativeChanges Of(AgentModel model) => model.Shared(m => new RelativeChanges(m));

    /// <summary>Whether a write may write back what was read, by its catalogue entry.</summary>
    public static bool MayBe(CatalogueEntry entry) =>
        entry.Role == CatalogueRole.Effect
        && (entry["kind"] == "save" || (entry["kind"] is "update" or "upsert" && entry["class"] is "by-change" or "idempotent") || (entry["kind"] == "http" && entry["verb"] is "PUT"));

    /// <summary>The member that the write at the end of a path changes relative to what was read; null where it sets what it was given.</summary>
    public string? In(Effect effect, CancellationToken cancellation)
    {
        if (!MayBe(effect.Entry))
            return null;
        var steps = effect.Witness.Steps;
        if (OperationAt(steps[steps.Length - 1].Site, cancellation) is not IInvocationOperation write)
            return null;
        if (effect.Entry["kind"] == "save")
        {
            foreach (var step in steps)
                if (ChangedBefore(step.Site, cancellation) is { } tracked)
                    return tracked;
            return null;
        }

        if (effect.Entry["class"] == "by-change")
            return ColumnOfItself(write);
        if (IsConditional(write, effect.Entry))
            return null;
        foreach (var step in steps)
            if (OperationAt(step.Site, cancellation) is IInvocationOperation call)
                foreach (var argument in call.Arguments)
                    if (argument.ArgumentKind != ArgumentKind.DefaultValue && WrittenBack(argument.Value, call, cancellation) is { } value)
                        return value;
        return null;
    }

    // ---- Tracked rows -----------------------------------------------------------------------------------------------------

    // A change, above a place and in the same function, of something that was read there.
    private string? ChangedBefore(SyntaxNode site, CancellationToken cancellation)
    {
        if (site.FirstAncestorOrSelf<SyntaxNode>(node => node is MemberDeclarationSyntax or LocalFunctionStatementSyntax) is not { } function
            || OperationAt(function, cancellation) is not { } body)
            return null;
        foreach (var operation in body.Descendants())
            if (operation.Syntax.SpanStart < site.SpanStart
                && ChangeOf(operation, cancellation) is (var owner, { } member)
                && IsRead(owner, cancellation)
                && !IsAboutAttempts(operation, owner, member))
                return member;
        return null;
    }

    // What a handler counts are the attempts that failed, and a version is another one with each save: both are meant to change again.
    private bool IsAboutAttempts(IOperation change, IOperation owner, string member)
    {
        if (change.Syntax.FirstAncestorOrSelf<CatchClauseSyntax>() != null)
            return true;
        for (var type = owner.Type; type is { SpecialType: SpecialType.None }; type = type.BaseType)
            if (type.GetMembers(member).SelectMany(declared => declared.GetAttributes())
                .Any(attribute => model.Find(attribute.AttributeConstructor, CatalogueRole.ConcurrencyToken) != null))
                return true;
        return false;
    }

    // The object whose member is changed relative to itself, and the member.
    private (IOperation Owner, string Member)? ChangeOf(IOperation operation, CancellationToken cancellation)
    {
        switch (operation)
        {
            case ICompoundAssignmentOperation { Target: IPropertyReferenceOperation { Instance: { } owner } target, OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply }:
                return (owner, target.Property.Name);
            case IIncrementOrDecrementOperation { Target: IPropertyReferenceOperation { Instance: { } owner } target }:
                return (owner, target.Property.Name);
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Instance: { } owner } target, Value: var value } when IsMadeOf(value, target):
                return (owner, target.Property.Name);
            // order.Lines.Add(new Line { … }): one more row.
            case IInvocationOperation { Instance: IPropertyReferenceOperation { Instance: { } owner } list, TargetMethod.Name: "Add", Arguments.Length: 1 } add when add.Arguments[0].Value.Unwrap() is IObjectCreationOperation:
                return (owner, list.Property.Name);
            // account.Withdraw(amount), where the row does it itself
            case IInvocationOperation { Instance: ILocalReferenceOperation owner, TargetMethod: var method } when MethodBodies.HasSource(method, model) && !method.IsStatic:
                foreach (var body in MethodBodies.Of(method, model, cancellation))
                    foreach (var inner in body.Descendants())
                        if (OwnChange(inner) is { } member)
                            return (owner, member.Name);
                return null;
            default:
                return null;
        }
    }

    /// <summary>The member of the object itself that a step changes relative to what it was; null where it does not.</summary>
    public static ISymbol? OwnChange(IOperation operation) => operation switch
    {
        ICompoundAssignmentOperation { Target: IMemberReferenceOperation { Instance: IInstanceReferenceOperation } target, OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply } => target.Member,
        IIncrementOrDecrementOperation { Target: IMemberReferenceOperation { Instance: IInstanceReferenceOperation } target } => target.Member,
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } target, Value: var value } when IsMadeOf(value, target) => target.Property,
        _ => null,
    };

    // x.Text = x.Text + more, $"{x.Text}{more}", string.Concat(x.Text, more), [.. x.Items, item]; not x.Text.Trim() or x.Text ?? more
    private static bool IsMadeOf(IOperation value, IPropertyReferenceOperation target)
    {
        foreach (var read in value.DescendantsAndSelf().OfType<IPropertyReferenceOperation>())
            if (SymbolEqualityComparer.Default.Equals(read.Property, target.Property) && IsSame(read.Instance, target.Instance))
                for (var part = read.Parent; part != null && part != value.Parent; part = part.Parent)
                    if (IsAddition(part))
                        return true;
        return false;
    }

    private static bool IsAddition(IOperation part) => part switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply } => true,
        IInterpolatedStringOperation or ISpreadOperation => true,
        IInvocationOperation { TargetMethod: { Name: "Concat" or "Append" or "Join" or "Prepend" or "Add" } } => true,
        _ => false,
    };

    private static bool IsSame(IOperation? one, IOperation? other) => (one?.Unwrap(), other?.Unwrap()) switch
    {
        (ILocalReferenceOperation a, ILocalReferenceOperation b) => SymbolEqualityComparer.Default.Equals(a.Local, b.Local),
        (IParameterReferenceOperation a, IParameterReferenceOperation b) => SymbolEqualityComparer.Default.Equals(a.Parameter, b.Parameter),
        (IInstanceReferenceOperation, IInstanceReferenceOperation) => true,
        (IFieldReferenceOperation a, IFieldReferenceOperation b) => SymbolEqualityComparer.Default.Equals(a.Field, b.Field),
        (IPropertyReferenceOperation a, IPropertyReferenceOperation b) => SymbolEqualityComparer.Default.Equals(a.Property, b.Property) && IsSame(a.Instance, b.Instance),
        _ => false,
    };

    // ---- Columns ----------------------------------------------------------------------------------------------------------

    // SetProperty(a => a.Balance, a => a.Balance - amount)
    private static string? ColumnOfItself(IInvocationOperation update)
    {
        foreach (var set in update.Descendants().OfType<IInvocationOperation>())
            if (set.Arguments.Select(argument => argument.Value.Unwrap()).OfType<IAnonymousFunctionOperation>().ToList() is { Count: 2 } lambdas
                && lambdas[0].Descendants().OfType<IPropertyReferenceOperation>().FirstOrDefault() is { } target
                && lambdas[1] is var value
                && value.Descendants().OfType<IPropertyReferenceOperation>().Any(read =>
                    SymbolEqualityComparer.Default.Equals(read.Property, target.Property) && AncestorsWithin(read, value).Any(IsAddition)))
                return target.Property.Name;
        return null;
    }

    private static IEnumerable<IOperation> AncestorsWithin(IOperation part, IOperation end)
    {
        for (var around = part.Parent; around != null && around != end; around = around.Parent)
            yield return around;
    }

    // ---- States and caches ------------------------------------------------------------------------------------------------

    // A value that the same store gave, and that was changed since.
    private string? WrittenBack(IOperation value, IInvocationOperation write, CancellationToken cancellation)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Queue<IOperation>();
        open.Enqueue(value);
        for (var count = 0; open.Count > 0 && count < MaxValues; count++)
            foreach (var reference in open.Dequeue().DescendantsAndSelf().OfType<ILocalReferenceOperation>())
            {
                if (reference.SemanticModel is not { } semantics || !seen.Add(reference.Local))
                    continue;
                foreach (var read in ReadsBehind(reference.Local, semantics, cancellation))
                    if (IsOfSameStore(read, write, IsChangedInPlace(reference.Local, write, cancellation))
                        && (AddedTo(value, reference.Local) || IsChangedInPlace(reference.Local, write, cancellation)))
                        return reference.Local.Name;
                if (reference.Local.InitializerOf(semantics, cancellation) is { } initializer && !ReadsBehind(reference.Local, semantics, cancellation).Any())
                {
                    // var next = count + 1;
                    foreach (var inner in initializer.DescendantsAndSelf().OfType<ILocalReferenceOperation>())
                        foreach (var read in ReadsBehind(inner.Local, semantics, cancellation))
                            if (AddedTo(initializer, inner.Local) && IsOfSameStore(read, write, isSameObject: false))
                                return inner.Local.Name;
                    open.Enqueue(initializer);
                }
            }

        return null;
    }

    private IEnumerable<IInvocationOperation> ReadsBehind(ILocalSymbol local, SemanticModel semantics, CancellationToken cancellation) =>
        local.InitializerOf(semantics, cancellation)?.DescendantsAndSelf().OfType<IInvocationOperation>().Where(call => IsReadCall(call, cancellation)) ?? [];

    // count + 1, state with { Count = state.Count + 1 }
    private static bool AddedTo(IOperation value, ILocalSymbol local) =>
        value.DescendantsAndSelf().OfType<ILocalReferenceOperation>().Any(reference =>
            SymbolEqualityComparer.Default.Equals(reference.Local, local) && AncestorsWithin(reference, value).Append(value).Any(IsAddition));

    private bool IsChangedInPlace(ILocalSymbol local, IOperation write, CancellationToken cancellation)
    {
        var root = write;
        while (root.Parent is { } parent)
            root = parent;
        foreach (var operation in root.Descendants())
        {
            if (operation.Syntax.SpanStart >= write.Syntax.SpanStart)
                continue;
            if (ChangeOf(operation, cancellation) is (ILocalReferenceOperation { Local: var owner }, _) && SymbolEqualityComparer.Default.Equals(owner, local))
                return true;
            switch (operation)
            {
                case ICompoundAssignmentOperation { Target: ILocalReferenceOperation { Local: var added } } when SymbolEqualityComparer.Default.Equals(added, local):
                case IIncrementOrDecrementOperation { Target: ILocalReferenceOperation { Local: var counted } } when SymbolEqualityComparer.Default.Equals(counted, local):
                    return true;
                // list.Add(item)
                case IInvocationOperation { Instance: ILocalReferenceOperation { Local: var list }, TargetMethod.Name: "Add" or "AddRange" or "Append" or "Enqueue", Arguments.Length: 1 } when SymbolEqualityComparer.Default.Equals(list, local):
                    return true;
            }
        }

        return false;
    }

    // The same client, and the same key, unless the object itself goes back.
    private static bool IsOfSameStore(IInvocationOperation read, IInvocationOperation write, bool isSameObject)
    {
        if (!IsSame(read.Receiver(), write.Receiver()) && !(read.Instance is IInstanceReferenceOperation && write.Instance is IInstanceReferenceOperation))
            return false;
        var keys = KeysOf(read);
        return keys.Count == 0 ? isSameObject || write.Arguments.Length < 2 : isSameObject || keys.Any(key => KeysOf(write).Contains(key));
    }

    private static List<string> KeysOf(IInvocationOperation call) =>
        [.. call.Arguments.Where(argument => argument.ArgumentKind != ArgumentKind.DefaultValue && argument.Value != call.Receiver() && argument.Value.Unwrap().Type is { } type
            && (type.SpecialType is SpecialType.System_String or SpecialType.System_Int32 or SpecialType.System_Int64 || type.Name is "Guid" or "Uri" or "RedisKey"))
            .Select(argument => argument.Value.Syntax.ToString())];

    // An ETag, a version or a condition: the second attempt is refused, or reads again what is there.
    private static bool IsConditional(IInvocationOperation write, CatalogueEntry entry) =>
        Words.Begins(write.TargetMethod.Name, "try")
        || write.Arguments.Any(argument => argument is { ArgumentKind: not ArgumentKind.DefaultValue, Parameter.Name: { } name, Value.ConstantValue: not { HasValue: true, Value: null } }
            && (entry.List("condition").Contains(name) || Words.Of(name).Any(word => word is "etag" or "match" or "version" or "concurrency" or "condition" or "conditions" or "when")));

    // ---- Reads ------------------------------------------------------------------------------------------------------------

    private bool IsRead(IOperation owner, CancellationToken cancellation)
    {
        if (owner.Unwrap() is not ILocalReferenceOperation { Local: var local } reference || reference.SemanticModel is not { } semantics)
            return false;
        return SourcesOf(local, semantics, cancellation).Any(source => source.DescendantsAndSelf().OfType<IInvocationOperation>().Any(call => IsReadCall(call, cancellation)));
    }

    // The initializer, what was assigned, or the rows of a foreach.
    private static IEnumerable<IOperation> SourcesOf(ILocalSymbol local, SemanticModel semantics, CancellationToken cancellation)
    {
        if (local.InitializerOf(semantics, cancellation) is { } initializer)
            yield return initializer;
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration || declaration.SyntaxTree != semantics.SyntaxTree)
            yield break;
        if (declaration is ForEachStatementSyntax loop && semantics.GetOperation(loop.Expression, cancellation) is { } rows)
        {
            yield return rows;
            if (rows.Unwrap() is ILocalReferenceOperation { Local: var held } && held.InitializerOf(semantics, cancellation) is { } list)
                yield return list;
        }

        if (declaration.FirstAncestorOrSelf<IsPatternExpressionSyntax>() is { } pattern && semantics.GetOperation(pattern.Expression, cancellation) is { } tested)
            yield return tested;
        if (declaration.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member)
            foreach (var assignment in member.DescendantNodes().OfType<AssignmentExpressionSyntax>())
                if (assignment.Left is IdentifierNameSyntax { Identifier.ValueText: var name } && name == local.Name && semantics.GetOperation(assignment.Right, cancellation) is { } assigned)
                    yield return assigned;
    }

    private bool IsReadCall(IInvocationOperation call, CancellationToken cancellation)
    {
        var entries = model.EntriesOf(call.TargetMethod);
        if (entries.Any(entry => entry.Role is CatalogueRole.DatabaseCall or CatalogueRole.StorageCall or CatalogueRole.HttpCall))
            return !entries.Any(entry => entry.Role == CatalogueRole.Effect);
        if (call.TargetMethod.ContainingType is { Name: "Queryable", ContainingNamespace: { Name: "Linq", ContainingNamespace.Name: "System" } })
            return true;
        return CallGraph.Of(model).Resolve(call.TargetMethod) is { } target && MethodBodies.HasSource(target, model)
            && EffectSummaries.Of(model).Of(target, 4, cancellation).First(entry => entry.Role is CatalogueRole.DatabaseCall or CatalogueRole.StorageCall or CatalogueRole.HttpCall) != null;
    }

    private IOperation? OperationAt(SyntaxNode site, CancellationToken cancellation) => model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation);
}
