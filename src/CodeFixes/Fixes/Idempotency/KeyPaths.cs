using System.Collections.Immutable;
using AgentLint.Analysis;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Writes;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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

    private readonly Dictionary<SyntaxTree, KeyFile?> files = [];
    private readonly Dictionary<SyntaxNode, Holder> holders = [];
    private readonly HashSet<SyntaxNode> given = [];
    private readonly FreshNames fresh = new();
    private readonly KeyItems operations = new(context);
    private readonly KeyHelper helper = new(context);
    private readonly KeyParameters parameters = new(context);
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

    private async Task<bool> AddAsync(SyntaxNode site, Func<KeyFile, string, bool> giveLast)
    {
        if (given.Contains(site))
            return true;
        var planned = new List<(Holder Holder, Use Use)>();
        var made = new Dictionary<SyntaxNode, Holder>();
        var open = new Queue<(SyntaxNode Call, Func<KeyFile, string, bool> Give)>();
        open.Enqueue((site, giveLast));
        // Tried on a copy: a call that takes no key is found before anything else is changed.
        if (await FileOfAsync(site.SyntaxTree).ConfigureAwait(false) is not { } own || !open.Peek().Give(new KeyFile(own.Context), "key"))
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
            IReadOnlyList<KeyItem>? items = holder.Kind == HolderKind.Own && RetryAround(holder, call) == null ? [] : operations.Of(call, function, file);
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
    public async Task<bool> EditAsync(SyntaxTree tree, Action<FixContext, NodeEdits, Statements, TypeNames> plan)
    {
        if (await FileOfAsync(tree).ConfigureAwait(false) is not { } file)
            return false;
        plan(file.Context, file.Edits, file.Added, file.Names);
        return true;
    }

    /// <summary>The document with all that was planned, and with it the others; null where nothing was.</summary>
    public Document? Apply()
    {
        foreach (var holder in holders.Values.Where(holder => holder.Uses.Count > 0 || holder.Kind == HolderKind.NewParameter).OrderBy(holder => holder.Function.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(holder => holder.Function.SpanStart))
            Write(holder);
        if (holders.Values.Any(holder => holder.Uses.Count > 0 && helper.IsCalledBy(holder.Key)))
            helper.Write();
        var solution = context.Document.Project.Solution;
        foreach (var file in files.Values.OfType<KeyFile>().Where(file => !file.Edits.IsEmpty))
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

    private Holder? HolderOf(SyntaxNode function, SyntaxNode call, KeyFile file)
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
    private string? RootKey(IMethodSymbol root, MethodRoles roles, SyntaxNode function, KeyFile file)
    {
        var source = KeySources.Of(root, model, cancellation);
        var expression = source?.Type is { } named ? source.Expression.Replace("@", file.Names.Spell(named, function.SpanStart)) : source?.Expression;
        if (source is { IsComplete: true })
            return expression;
        if (source == null && (roles & MethodRoles.Tool) == 0)
            return null;
        // A message goes in whole: its id may be missing.
        var data = source?.Message is { } message ? [message] : root.Parameters.Where(parameter => parameter.RefKind == RefKind.None && operations.IsData(parameter.Type)).Select(parameter => parameter.Name).ToList();
        return data.Count == 0 && source is null or { Names: KeyScope.Conversation }
            ? null
            : helper.Of([NameOf(root, function), .. expression == null ? [] : new[] { expression }, .. data], file, function.SpanStart);
    }

    // What tells a step from the next one: its method, or its type where all steps have the same method.
    private static string NameOf(IMethodSymbol root, SyntaxNode function) =>
        function is not MethodDeclarationSyntax method ? $"\"{root.ContainingType?.Name}\""
        : root.IsOverride || !root.ExplicitInterfaceImplementations.IsEmpty || Implements(root) ? $"nameof({root.ContainingType.Name})"
        : $"nameof({method.Identifier.Text})";

    private static bool Implements(IMethodSymbol method) =>
        method.ContainingType.AllInterfaces.SelectMany(i => i.GetMembers(method.Name)).Any(member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method));

    // ---- Parameters -------------------------------------------------------------------------------------------------------

    // The method, what it implements, and the other implementations; the calls of all of them want a key.
    private async Task<bool> EnqueueCallersAsync(Holder holder, Queue<(SyntaxNode Call, Func<KeyFile, string, bool> Give)> open, Dictionary<SyntaxNode, Holder> made)
    {
        if (await parameters.FamilyOfAsync(holder.Symbol!).ConfigureAwait(false) is not { } family)
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

        var place = KeyParameters.PlaceOf(holder.Symbol!);
        if (await parameters.CallsOfAsync(holder.Symbol!, family).ConfigureAwait(false) is not { } calls)
            return false;
        foreach (var call in calls)
            open.Enqueue((call, (file, key) =>
            {
                parameters.Give(call, place, holder.Key, file, key);
                return true;
            }));
        return true;
    }

    // ---- Edits ------------------------------------------------------------------------------------------------------------

    private void Write(Holder holder)
    {
        var file = holder.File;
        if (holder.Kind == HolderKind.NewParameter)
        {
            var list = ((MethodDeclarationSyntax)holder.Function).ParameterList;
            var place = KeyParameters.PlaceOf(holder.Symbol!);
            file.Edits.Add(list, node => ((ParameterListSyntax)node).WithParameters(KeyParameters.Insert(((ParameterListSyntax)node).Parameters, place, SyntaxFactory.ParseParameterList($"(string {holder.Key})").Parameters[0])));
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
    private string TextOf(KeyItem item, Use use)
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
        if ((holder.Key.Length > 60 || (holder.Uses.Count > 1 && helper.IsCalledBy(holder.Key)))
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

    private async Task<KeyFile?> FileOfAsync(SyntaxTree tree)
    {
        if (files.TryGetValue(tree, out var known))
            return known;
        var file = context.Document.Project.GetDocument(tree) is { } document && await FixContext.CreateAsync(document, cancellation).ConfigureAwait(false) is { } own && own.Root.SyntaxTree == tree && own.Model == model
            ? new KeyFile(own)
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

    private sealed record Holder(HolderKind Kind, SyntaxNode Function, KeyFile File, IMethodSymbol? Symbol, string Key)
    {
        public List<Use> Uses { get; } = [];
    }

    private sealed record Use(SyntaxNode Call, KeyFile File, IReadOnlyList<KeyItem> Items, Func<KeyFile, string, bool> Give);
}
