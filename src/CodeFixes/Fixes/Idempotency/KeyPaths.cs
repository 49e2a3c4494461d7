using System.Collections.Immutable;
using AgentLint.Analysis;
using AgentLint.Analysis.Retries;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Idempotency;

/// <summary>
/// Brings the key of an operation to its write: from the tool, activity or consumer that is run again, as a parameter through the functions
/// between, to the call. All functions that call one of these give it a key; one that nobody runs again makes its own.
/// </summary>
internal sealed class KeyPaths(FixContext context)
{
    private const MethodRoles RunAgain = MethodRoles.Tool | MethodRoles.Agent | MethodRoles.Activity | MethodRoles.Consumer | MethodRoles.Workflow;
    private const int MaxCalls = 200;

    private static readonly string[] Names = ["idempotencyKey", "operationKey", "requestKey"];

    private readonly Dictionary<SyntaxTree, File?> files = [];
    private readonly Dictionary<SyntaxNode, Holder> holders = [];
    private readonly HashSet<SyntaxNode> given = [];
    private readonly FreshNames fresh = new();
    private readonly AgentModel model = context.Model;
    private readonly CancellationToken cancellation = context.Cancellation;

    /// <summary>Plans to take a key that is the same in each attempt for a text that is not; false where there is none to be had.</summary>
    public Task<bool> ReplaceAsync(ExpressionSyntax text) => AddAsync(text, (file, key) =>
    {
        file.Edits.Add(text, node => SyntaxFactory.ParseExpression(key, options: text.SyntaxTree.Options).WithTriviaFrom(node));
        return true;
    });

    /// <summary>Plans to give a write a key; false, and nothing is planned, where some function on the way cannot hand one on.</summary>
    /// <param name="site">The call that writes.</param>
    /// <param name="entry">What the catalogue says of it.</param>
    public Task<bool> AddAsync(SyntaxNode site, CatalogueEntry entry) =>
        AddAsync(site, (file, key) => file.Semantics.GetOperation(site, cancellation) is IInvocationOperation call && file.Passing.Pass(call, entry, key));

    private async Task<bool> AddAsync(SyntaxNode site, Func<File, string, bool> giveLast)
    {
        if (given.Contains(site))
            return true;
        var planned = new List<(Holder Holder, Use Use)>();
        var made = new Dictionary<SyntaxNode, Holder>();
        var open = new Queue<(SyntaxNode Call, Func<File, string, bool> Give)>();
        open.Enqueue((site, giveLast));
        // Tried on a copy: a call that takes no key is found before anything else is changed.
        if (await FileOfAsync(site.SyntaxTree).ConfigureAwait(false) is not { } own || !open.Peek().Give(new File(own.Context), "key"))
            return false;
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (call, give) = open.Dequeue();
            if (planned.Count > MaxCalls
                || await FileOfAsync(call.SyntaxTree).ConfigureAwait(false) is not { } file
                || Around(call) is not { } function)
                return false;
            if (!holders.TryGetValue(function, out var holder) && !made.TryGetValue(function, out holder))
            {
                if (HolderOf(function, call, file) is not { } found)
                    return false;
                made.Add(function, holder = found);
                if (holder.Kind == HolderKind.NewParameter && !await EnqueueCallersAsync(holder, open, made).ConfigureAwait(false))
                    return false;
            }

            // Where nobody runs it again, each turn is an operation.
            IReadOnlyList<Item>? items = holder.Kind == HolderKind.Own && RetryAround(holder, call) == null ? [] : ItemsOf(call, function, file);
            if (items == null)
                return false;
            planned.Add((holder, new Use(call, file, items, give)));
        }

        foreach (var holder in made)
            holders[holder.Key] = holder.Value;
        foreach (var (holder, use) in planned)
            if (given.Add(use.Call))
                holder.Uses.Add(use);
        return true;
    }

    /// <summary>Plans another edit of a file; false where it is no file of the project.</summary>
    public async Task<bool> EditAsync(SyntaxTree tree, Action<FixContext, NodeEdits, Statements> plan)
    {
        if (await FileOfAsync(tree).ConfigureAwait(false) is not { } file)
            return false;
        plan(file.Context, file.Edits, file.Added);
        return true;
    }

    /// <summary>The document with all that was planned, and with it the others; null where nothing was.</summary>
    public Document? Apply()
    {
        foreach (var holder in holders.Values.Where(holder => holder.Uses.Count > 0 || holder.Kind == HolderKind.NewParameter).OrderBy(holder => holder.Function.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(holder => holder.Function.SpanStart))
            Write(holder);
        var solution = context.Document.Project.Solution;
        foreach (var file in files.Values.OfType<File>().Where(file => !file.Edits.IsEmpty))
            solution = solution.WithDocumentSyntaxRoot(file.Context.Document.Id, file.Names.AddImports(file.Edits.Apply(file.Context.Root), FileHabits.Of(file.Context.Root).EndOfLine));
        return solution == context.Document.Project.Solution ? null : solution.GetDocument(context.Document.Id);
    }

    // ---- Holders ----------------------------------------------------------------------------------------------------------

    // The function that holds a key for a call: the one that is run again, or the member around.
    private SyntaxNode? Around(SyntaxNode call)
    {
        foreach (var node in call.Ancestors())
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax when model.SemanticsOf(node.SyntaxTree).GetSymbolInfo(node, cancellation).Symbol is IMethodSymbol lambda && (model.RolesOf(lambda, cancellation) & RunAgain) != 0:
                    return node;
                case LocalFunctionStatementSyntax:
                    return null;
                case MemberDeclarationSyntax and not GlobalStatementSyntax:
                    return node is BaseMethodDeclarationSyntax ? node : null;
                case CompilationUnitSyntax:
                    return node;
            }

        return null;
    }

    private Holder? HolderOf(SyntaxNode function, SyntaxNode call, File file)
    {
        var symbol = (function is AnonymousFunctionExpressionSyntax ? file.Semantics.GetSymbolInfo(function, cancellation).Symbol : file.Semantics.GetDeclaredSymbol(function, cancellation)) as IMethodSymbol;
        if (symbol != null && (model.RolesOf(symbol, cancellation) & RunAgain) is var roles && roles != 0)
            return RootKey(symbol, roles, function, file) is { } key ? new Holder(HolderKind.Root, function, file, symbol, key) : null;
        if (symbol?.Parameters.FirstOrDefault(parameter => parameter.Type.SpecialType == SpecialType.System_String && OperationKeys.Of(model).IsKeyName(parameter.Name)) is { } known)
            return new Holder(HolderKind.Parameter, function, file, symbol, known.Name);
        if (symbol is { MethodKind: MethodKind.Ordinary } && function is MethodDeclarationSyntax method && RetriedUnits.Of(model).Around((SyntaxNode?)method.Body ?? (SyntaxNode?)method.ExpressionBody?.Expression ?? method, context.CallDepth, cancellation) != null)
            return fresh.For(function, Names) is { } name ? new Holder(HolderKind.NewParameter, function, file, symbol, name) : null;
        return TaskTypes.Find(file.Semantics.Compilation, "System.Guid") is { } guid ? new Holder(HolderKind.Own, function, file, symbol, file.Names.Spell(guid, call.SpanStart) + ".NewGuid().ToString()") : null;
    }

    // What the framework gives, or what a tool is asked to do: the same call is the same operation.
    private string? RootKey(IMethodSymbol root, MethodRoles roles, SyntaxNode function, File file)
    {
        if (KeySources.Of(root, model, cancellation) is var (expression, type))
            return type == null ? expression : expression.Replace("@", file.Names.Spell(type, function.SpanStart));
        var scope = KeySources.ScopeOf(root, model);
        if ((roles & MethodRoles.Tool) == 0 && scope == null)
            return null;
        var data = root.Parameters.Where(parameter => parameter.RefKind == RefKind.None && IsData(parameter.Type, 0)).Select(parameter => parameter.Name).ToList();
        if ((data.Count == 0 && scope == null)
            || Static("System.Convert", "ToHexString") is not { } convert
            || Static("System.Security.Cryptography.SHA256", "HashData") is not { } sha
            || Static("System.Text.Json.JsonSerializer", "SerializeToUtf8Bytes") is not { } json)
            return null;
        var named = function is MethodDeclarationSyntax method ? $"nameof({method.Identifier.Text})" : $"\"{root.ContainingType?.Name}\"";
        var label = data.Contains("operation") ? "operationName" : "operation";
        var parts = string.Join(", ", new[] { $"{label} = {named}" }.Concat(scope is { } carrier ? [$"instance = {carrier}"] : []).Concat(data));
        return $"{Spell(convert)}.ToHexString({Spell(sha)}.HashData({Spell(json)}.SerializeToUtf8Bytes(new {{ {parts} }})))";

        INamedTypeSymbol? Static(string name, string member) =>
            file.Semantics.Compilation.GetTypesByMetadataName(name).FirstOrDefault(found => found.GetMembers(member).Any(m => m.IsStatic && m.DeclaredAccessibility == Accessibility.Public));

        string Spell(INamedTypeSymbol found) => file.Names.Spell(found, function.SpanStart);
    }

    // What a caller says, and no service: texts, numbers, times, the program's own records, and lists of them.
    private bool IsData(ITypeSymbol type, int depth) => depth < 4 && type switch
    {
        { SpecialType: SpecialType.System_String or SpecialType.System_Decimal or SpecialType.System_DateTime or SpecialType.System_Boolean or SpecialType.System_Char } => true,
        { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double, TypeKind: TypeKind.Struct } => true,
        { TypeKind: TypeKind.Enum } => true,
        IArrayTypeSymbol { Rank: 1 } array => IsData(array.ElementType, depth + 1),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => IsData(nullable.TypeArguments[0], depth + 1),
        INamedTypeSymbol { Name: "Guid" or "DateTimeOffset" or "TimeSpan" or "DateOnly" or "TimeOnly", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } => true,
        INamedTypeSymbol { IsGenericType: true, ContainingNamespace: { Name: "Generic", ContainingNamespace.Name: "Collections" } } list => list.TypeArguments.All(argument => IsData(argument, depth + 1)),
        INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false } named => model.Declares(named.OriginalDefinition) && (named.IsRecord || named.InstanceConstructors.Any(constructor => constructor.Parameters.IsEmpty)),
        _ => false,
    };

    // ---- Items ------------------------------------------------------------------------------------------------------------

    // What tells one call from the next within a function; null where it is called several times and nothing does.
    private IReadOnlyList<Item>? ItemsOf(SyntaxNode call, SyntaxNode function, File file)
    {
        var items = new List<Item>();
        foreach (var node in call.Ancestors().TakeWhile(node => node != function))
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax lambda:
                    if (file.Semantics.GetSymbolInfo(lambda, cancellation).Symbol is not IMethodSymbol symbol)
                        return null;
                    if (symbol.Parameters.IsEmpty || IsRunForOneOperation(lambda, file))
                        break;
                    if (symbol.Parameters.FirstOrDefault(parameter => IsData(parameter.Type, 3)) is { } item && IsDistinct(SourceOf(lambda), file))
                        items.Insert(0, new Item(item.Name, item.Type));
                    else if (IsHandler(lambda, file) && lambda.FirstAncestorOrSelf<StatementSyntax>() is { } statement && function.Contains(statement) && Statements.CanInsertBefore(statement))
                        items.Insert(0, new Item(statement));
                    else
                        return null;
                    break;
                case ForEachStatementSyntax loop:
                    if (file.Semantics.GetDeclaredSymbol(loop, cancellation) is not { } each || !IsData(each.Type, 3) || !IsDistinct(loop.Expression, file))
                        return null;
                    items.Insert(0, new Item(each.Name, each.Type));
                    break;
                case CommonForEachStatementSyntax or LocalFunctionStatementSyntax:
                    return null;
                case ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax when !RetryScopes.Of(model, context.CallDepth, cancellation).Around(call).Any(scope => scope.Layers.Any(layer => layer.Site == node)):
                    return null;
            }

        return items;
    }

    // new Progress<string>(part => …): called one after the other, as often as somebody likes.
    private bool IsHandler(AnonymousFunctionExpressionSyntax lambda, File file) =>
        lambda.Parent is ArgumentSyntax { Parent.Parent: BaseObjectCreationExpressionSyntax creation } && file.Semantics.GetTypeInfo(creation, cancellation).Type is { Name: "Progress", ContainingNamespace.Name: "System" };

    // items.Select(item => …), Parallel.ForEachAsync(items, item => …)
    private static ExpressionSyntax? SourceOf(AnonymousFunctionExpressionSyntax lambda) =>
        lambda.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } list } argument
            ? list.Arguments[0] != argument ? list.Arguments[0].Expression : (call.Expression as MemberAccessExpressionSyntax)?.Expression
            : null;

    // Of two equal items the second would be taken for a repetition of the first.
    private bool IsDistinct(ExpressionSyntax? source, File file)
    {
        for (var steps = 0; source != null && steps < 32; steps++)
            switch (source)
            {
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call when file.Semantics.GetSymbolInfo(call, cancellation).Symbol is { ContainingType: { Name: "Enumerable", ContainingNamespace.Name: "Linq" } }:
                    if (access.Name.Identifier.ValueText is "Distinct" or "Union" or "Except" or "Intersect" or "ToHashSet")
                        return true;
                    if (access.Name.Identifier.ValueText is not ("ToList" or "ToArray" or "Where" or "OrderBy" or "OrderByDescending" or "Reverse" or "Skip" or "Take" or "AsEnumerable"))
                        return false;
                    source = access.Expression;
                    break;
                case IdentifierNameSyntax name when file.Semantics.GetSymbolInfo(name, cancellation).Symbol is ILocalSymbol { DeclaringSyntaxReferences: [var declaration] } && declaration.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: var value }:
                    source = value;
                    break;
                default:
                    return file.Semantics.GetTypeInfo(source, cancellation).Type is INamedTypeSymbol { Name: "HashSet" or "ISet" or "IReadOnlySet" or "SortedSet" or "ImmutableHashSet" };
            }

        return false;
    }

    private bool IsRunForOneOperation(AnonymousFunctionExpressionSyntax lambda, File file) =>
        lambda.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax run }
        && file.Semantics.GetSymbolInfo(run, cancellation).Symbol is { } called
        && model.Find(called, CatalogueRole.ResilientExecute) != null;

    // ---- Parameters -------------------------------------------------------------------------------------------------------

    // The method, what it implements, and the other implementations; the calls of all of them want a key.
    private async Task<bool> EnqueueCallersAsync(Holder holder, Queue<(SyntaxNode Call, Func<File, string, bool> Give)> open, Dictionary<SyntaxNode, Holder> made)
    {
        if (await FamilyOfAsync(holder.Symbol!).ConfigureAwait(false) is not { } family)
            return false;
        foreach (var method in family)
        {
            var declaration = (MethodDeclarationSyntax)method.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
            if (await FileOfAsync(declaration.SyntaxTree).ConfigureAwait(false) is not { } file)
                return false;
            if (declaration != holder.Function)
            {
                if (NewNames.Unused(declaration, holder.Key) == null || holders.ContainsKey(declaration) || made.ContainsKey(declaration))
                    return false;
                made.Add(declaration, new Holder(HolderKind.NewParameter, declaration, file, method, holder.Key));
            }
        }

        var place = PlaceOf(holder.Symbol!);
        var ids = family.Select(method => method.GetDocumentationCommentId()).ToList();
        foreach (var found in await SymbolFinder.FindReferencesAsync(holder.Symbol!, context.Document.Project.Solution, cancellation).ConfigureAwait(false))
        {
            if (!ids.Contains(found.Definition.GetDocumentationCommentId()))
                return false;
            foreach (var location in found.Locations)
            {
                if (location.IsImplicit || location.Document.Project.Id != context.Document.Project.Id || location.Location.SourceTree is not { } tree)
                    return false;
                var node = (await tree.GetRootAsync(cancellation).ConfigureAwait(false)).FindNode(location.Location.SourceSpan, findInsideTrivia: true, getInnermostNodeForTie: true);
                if (node.IsPartOfStructuredTrivia() || node.Ancestors().Any(outer => outer is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } }))
                    continue;
                if (node is not SimpleNameSyntax name || CallOf(name) is not { } call)
                    return false;
                open.Enqueue((call, (file, key) => GiveArgument(call, place, holder.Key, file, key)));
            }
        }

        return true;
    }

    private static InvocationExpressionSyntax? CallOf(SimpleNameSyntax name)
    {
        ExpressionSyntax expression = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access
            : name.Parent is MemberBindingExpressionSyntax binding ? binding
            : name;
        return expression.Parent is InvocationExpressionSyntax call && call.Expression == expression ? call : null;
    }

    private async Task<IReadOnlyList<IMethodSymbol>?> FamilyOfAsync(IMethodSymbol method)
    {
        var family = new List<IMethodSymbol>();
        var open = new Queue<IMethodSymbol>();
        open.Enqueue(method);
        while (open.Count > 0)
        {
            var next = open.Dequeue();
            if (family.Contains(next, SymbolEqualityComparer.Default))
                continue;
            if (next.IsOverride || next.IsVirtual || next.IsExtern || next.PartialDefinitionPart != null || next.PartialImplementationPart != null || !next.ExplicitInterfaceImplementations.IsEmpty
                || (next.IsAbstract && next.ContainingType.TypeKind != TypeKind.Interface)
                || next.DeclaringSyntaxReferences.Length != 1
                || next.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is not MethodDeclarationSyntax
                || !model.Compilation.ContainsSyntaxTree(next.DeclaringSyntaxReferences[0].SyntaxTree))
                return null;
            family.Add(next);
            if (next.ContainingType.TypeKind == TypeKind.Interface)
                foreach (var implementation in await SymbolFinder.FindImplementationsAsync(next, context.Document.Project.Solution, cancellationToken: cancellation).ConfigureAwait(false))
                    open.Enqueue((IMethodSymbol)implementation);
            else
                foreach (var member in next.ContainingType.AllInterfaces.SelectMany(i => i.GetMembers(next.Name)).OfType<IMethodSymbol>())
                    if (SymbolEqualityComparer.Default.Equals(next.ContainingType.FindImplementationForInterfaceMember(member), next))
                        open.Enqueue(member.OriginalDefinition);
        }

        return family;
    }

    // Before what may be left out, and before the token, which comes last.
    private static int PlaceOf(IMethodSymbol method)
    {
        for (var i = 0; i < method.Parameters.Length; i++)
            if (method.Parameters[i] is { } parameter && (parameter.IsOptional || parameter.IsParams || (i == method.Parameters.Length - 1 && TokenInScope.IsToken(parameter.Type))))
                return i;
        return method.Parameters.Length;
    }

    private bool GiveArgument(InvocationExpressionSyntax call, int place, string name, File file, string key)
    {
        if (file.Semantics.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ReducedFrom: not null })
            place--;
        var arguments = call.ArgumentList.Arguments;
        var isPositional = arguments.Count >= place && arguments.Take(place).All(argument => argument.NameColon == null);
        var index = isPositional ? place : arguments.Count;
        var text = isPositional ? key : $"{name}: {key}";
        file.Edits.Add(call.ArgumentList, node =>
        {
            var list = (ArgumentListSyntax)node;
            var argument = SyntaxFactory.ParseArgumentList($"({text})", options: call.SyntaxTree.Options).Arguments[0];
            return list.WithArguments(Insert(list.Arguments, index, argument));
        });
        return true;
    }

    private static SeparatedSyntaxList<T> Insert<T>(SeparatedSyntaxList<T> list, int index, T added)
        where T : SyntaxNode
    {
        var comma = SyntaxFactory.Token([], SyntaxKind.CommaToken, [SyntaxFactory.Space]);
        var nodes = list.GetWithSeparators();
        if (list.Count == 0)
            return SyntaxFactory.SeparatedList<T>(SyntaxFactory.NodeOrTokenList(added));
        if (index >= list.Count)
            return SyntaxFactory.SeparatedList<T>(nodes.Add(comma).Add(added));
        var next = list[index];
        added = added.WithLeadingTrivia(next.GetLeadingTrivia());
        // On lines of their own, each stays on its own.
        if (FileHabits.IsFirstOnLine(next.GetFirstToken()) && index > 0)
            comma = list.GetSeparator(index - 1);
        var at = nodes.IndexOf(next);
        return SyntaxFactory.SeparatedList<T>(nodes.Replace(next, next.WithLeadingTrivia(comma.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia) ? next.GetLeadingTrivia() : default)).InsertRange(at, [added, comma]));
    }

    // ---- Edits ------------------------------------------------------------------------------------------------------------

    private void Write(Holder holder)
    {
        var file = holder.File;
        if (holder.Kind == HolderKind.NewParameter)
        {
            var parameters = ((MethodDeclarationSyntax)holder.Function).ParameterList;
            var place = PlaceOf(holder.Symbol!);
            file.Edits.Add(parameters, node => ((ParameterListSyntax)node).WithParameters(Insert(((ParameterListSyntax)node).Parameters, place, SyntaxFactory.ParseParameterList($"(string {holder.Key})").Parameters[0])));
        }

        var uses = holder.Uses.OrderBy(use => use.Call.SpanStart).ToList();
        if (holder.Kind == HolderKind.Own)
        {
            foreach (var use in uses)
                use.Give(use.File, WithItems(OwnKey(holder, use) ?? holder.Key, 1, use));
            return;
        }

        if (uses.Count == 0)
            return;
        var (key, before) = KeyIn(holder, uses[0].Call);
        foreach (var use in uses)
            use.Give(use.File, WithItems(key, ++before, use));
    }

    // Two operations of one attempt are two.
    private string WithItems(string key, int number, Use use) =>
        key + (number > 1 ? $" + \"/{number}\"" : "") + string.Concat(use.Items.Select(item => " + \"/\" + " + TextOf(item, use)));

    // A header takes no text as it is.
    private string TextOf(Item item, Use use)
    {
        var types = use.File.Semantics.Compilation;
        if (item.Type != null)
            return item.Type.SpecialType == SpecialType.System_String && TaskTypes.Find(types, "System.Uri") is { } uri ? $"{use.File.Names.Spell(uri, use.Call.SpanStart)}.EscapeDataString({item.Name})" : item.Name!;
        var count = fresh.For(item.CountedBefore!, "number", "count", "turn") ?? "number";
        use.File.Added.Before(item.CountedBefore!, $"var {count} = 0;");
        return TaskTypes.Find(types, "System.Threading.Interlocked") is { } interlocked ? $"{use.File.Names.Spell(interlocked, use.Call.SpanStart)}.Increment(ref {count})" : $"++{count}";
    }

    // The name or the text of a key in its function, and how often it is used there already.
    private (string Key, int Before) KeyIn(Holder holder, SyntaxNode first)
    {
        var names = holder.Function.DescendantNodes().OfType<IdentifierNameSyntax>();
        if (holder.Kind != HolderKind.Root)
            return (holder.Key, names.Count(name => name.Identifier.ValueText == holder.Key));
        foreach (var variable in holder.Function.DescendantNodes().OfType<VariableDeclaratorSyntax>())
            if (variable.Initializer?.Value.ToString() == holder.Key)
                return (variable.Identifier.Text, names.Count(name => name.Identifier.ValueText == variable.Identifier.ValueText));
        var body = Functions.BodyOf(holder.Function) as BlockSyntax;
        if (holder.Key.Length > 60
            && body?.Statements.FirstOrDefault(statement => statement.Contains(first)) is { } statement
            && Statements.CanInsertBefore(statement)
            && fresh.For(statement, Names) is { } local)
        {
            holder.File.Added.Before(statement, $"var {local} = {holder.Key};");
            return (local, 0);
        }

        return (holder.Key, holder.Function.DescendantNodes().OfType<ExpressionSyntax>().Count(node => node.ToString() == holder.Key));
    }

    // One key for all attempts that the function itself makes.
    private string? OwnKey(Holder holder, Use use)
    {
        if (RetryAround(holder, use.Call) is not { } start
            || start.FirstAncestorOrSelf<StatementSyntax>() is not { } statement
            || !Statements.CanInsertBefore(statement)
            || fresh.For(statement, Names) is not { } local)
            return null;
        use.File.Added.Before(statement, $"var {local} = {holder.Key};");
        return local;
    }

    // Where the attempts begin that the function itself makes.
    private SyntaxNode? RetryAround(Holder holder, SyntaxNode call) =>
        RetriedUnits.Of(model).Around(call, context.CallDepth, cancellation) is { Start: { } start } && holder.Function.Contains(start) ? start : null;

    private async Task<File?> FileOfAsync(SyntaxTree tree)
    {
        if (files.TryGetValue(tree, out var known))
            return known;
        var file = context.Document.Project.GetDocument(tree) is { } document && await FixContext.CreateAsync(document, cancellation).ConfigureAwait(false) is { } own && own.Root.SyntaxTree == tree && own.Model == model
            ? new File(own)
            : null;
        files.Add(tree, file);
        return file;
    }

    private enum HolderKind
    {
        /// <summary>It is run again, and makes the key of what it is given.</summary>
        Root,

        /// <summary>It has a parameter for the key.</summary>
        Parameter,

        /// <summary>It gets one.</summary>
        NewParameter,

        /// <summary>Nobody runs it again: each run is an operation.</summary>
        Own,
    }

    private sealed record Holder(HolderKind Kind, SyntaxNode Function, File File, IMethodSymbol? Symbol, string Key)
    {
        public List<Use> Uses { get; } = [];
    }

    private sealed record Use(SyntaxNode Call, File File, IReadOnlyList<Item> Items, Func<File, string, bool> Give);

    /// <summary>What tells one of several operations from the next: a value, or how many there were before it.</summary>
    private sealed record Item(string? Name, ITypeSymbol? Type, StatementSyntax? CountedBefore)
    {
        public Item(string name, ITypeSymbol type)
            : this(name, type, null)
        {
        }

        public Item(StatementSyntax countedBefore)
            : this(null, null, countedBefore)
        {
        }
    }

    private sealed class File
    {
        public File(FixContext context)
        {
            Context = context;
            Edits = new NodeEdits();
            Names = new TypeNames(context);
            Passing = new KeyPassing(context, Edits, Names);
            Added = new Statements(context, FileHabits.Of(context.Root), Edits);
        }

        public FixContext Context { get; }

        public SemanticModel Semantics => Context.Semantics;

        public NodeEdits Edits { get; }

        public TypeNames Names { get; }

        public KeyPassing Passing { get; }

        public Statements Added { get; }
    }
}
