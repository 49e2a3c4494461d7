using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis;
using AgentLint.Analysis.Sharing;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Rules.SharedState;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.SharedState;

/// <summary>Has the singleton open a scope in each call and ask it for the service, in place of holding one for good.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0704Fix_ScopePerCall)), Shared]
public sealed class AGL0704Fix_ScopePerCall()
    : AgentCodeFix(AGL0704_CaptiveScopedService.Rule, "Open a scope in each call")
{
    private const string Factory = "Microsoft.Extensions.DependencyInjection.IServiceScopeFactory";

    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var added = new Statements(context, habits, edits);
        var taken = new HashSet<TypeDeclarationSyntax>();
        foreach (var captive in CaptiveServices.Of(context.Model).In(context.Semantics, context.Cancellation))
            // Two services of one class would open two scopes: one after the other.
            if (captive.Site is ParameterSyntax { Type: { } type } parameter && diagnostics.Any(d => d.Location.SourceSpan == parameter.Span)
                && parameter.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } holder && taken.Add(holder)
                && TaskTypes.Find(context.Semantics.Compilation, Factory) is { } factory
                && context.Semantics.GetDeclaredSymbol(holder, context.Cancellation) is { } symbol && !Lifetimes.Of(context.Model).IsMadeInSight(symbol, context.Cancellation)
                && !KeepsState(captive.Service, context)
                && FieldOf(parameter, holder, context) is (var kept, var names, var assigned)
                && MethodsAround(names) is { IsEmpty: false } methods
                && methods.Select(method => PlaceOf(method, names)).ToList() is var places && !places.Contains(null)
                && NewNames.Unused(holder.Members.FirstOrDefault() ?? (SyntaxNode)holder, "scopes", "scopeFactory") is { } scopes)
            {
                var spelled = types.Spell(factory, parameter.SpanStart);
                var service = type.WithoutTrivia().ToString();
                var field = (kept?.Identifier.ValueText.StartsWith("_", StringComparison.Ordinal) == true ? "_" : "") + scopes;
                var local = parameter.Identifier.ValueText;
                edits.Add(parameter, node => node.WithType(Named(spelled, node.Type!)).WithIdentifier(SyntaxFactory.Identifier(scopes).WithTriviaFrom(node.Identifier)));
                if (kept is { Parent: VariableDeclarationSyntax { Type: var declared } })
                {
                    edits.Add(declared, node => Named(spelled, (TypeSyntax)node));
                    edits.Add(kept, node => node.WithIdentifier(SyntaxFactory.Identifier(field).WithTriviaFrom(node.Identifier)));
                    edits.Add(assigned[0], node => SyntaxFactory.IdentifierName(field).WithTriviaFrom(node));
                    edits.Add(assigned[1], node => SyntaxFactory.IdentifierName(scopes).WithTriviaFrom(node));
                    foreach (var name in names)
                        edits.Add(SharedCode.Whole(name), node => SyntaxFactory.IdentifierName(local).WithTriviaFrom(node));
                }

                foreach (var (method, place) in methods.Zip(places, (method, place) => (method, place)))
                {
                    added.AtHead(place!, $"var {local} = scope.ServiceProvider.GetRequiredService<{service}>();");
                    added.AtHead(place!, Functions.IsAsync(method) ? $"await using var scope = {field}.CreateAsyncScope();" : $"using var scope = {field}.CreateScope();");
                }
            }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));
    }

    // What a service of the program remembers in its own members is gone with its scope, unless a database keeps it.
    private static bool KeepsState(INamedTypeSymbol service, FixContext context)
    {
        var writes = new StateWrites(context.Model, context.Cancellation);
        return Lifetimes.Of(context.Model).OfService(service, context.Cancellation).Select(registered => registered.Implementation ?? service).Append(service)
            .Where(type => context.Model.Declares(type) && !context.Model.Is(type, CatalogueRole.OneAtATime))
            .SelectMany(type => type.GetMembers())
            .Any(member => member is IPropertySymbol { IsStatic: false, SetMethod: { IsInitOnly: false } }
                || member is IFieldSymbol { IsStatic: false, IsReadOnly: false, IsConst: false, AssociatedSymbol: null }
                || member is IFieldSymbol or IPropertySymbol && !member.IsStatic && writes.CollectionOf(member) != null);
    }

    // The block that a scope begins with: the method's, or that of the loop that goes on for as long as the program runs. Null where uses stand on both sides of one.
    private static BlockSyntax? PlaceOf(MethodDeclarationSyntax method, List<IdentifierNameSyntax> names)
    {
        var loops = names.Where(name => method.Span.Contains(name.Span))
            .Select(name => name.Ancestors().TakeWhile(node => node != method).FirstOrDefault(node => node is WhileStatementSyntax or DoStatementSyntax or ForEachStatementSyntax { AwaitKeyword.RawKind: not 0 } or ForStatementSyntax { Condition: null }))
            .Distinct().ToList();
        return loops switch
        {
            [null] => method.Body,
            [WhileStatementSyntax { Statement: BlockSyntax block } loop] => IsWithin(names, method, block) ? block : null,
            [DoStatementSyntax { Statement: BlockSyntax block }] => IsWithin(names, method, block) ? block : null,
            [CommonForEachStatementSyntax { Statement: BlockSyntax block }] => IsWithin(names, method, block) ? block : null,
            [ForStatementSyntax { Statement: BlockSyntax block }] => IsWithin(names, method, block) ? block : null,
            _ => null,
        };
    }

    private static bool IsWithin(List<IdentifierNameSyntax> names, MethodDeclarationSyntax method, BlockSyntax block) =>
        block.Statements.Count > 0 && FileHabits.IsFirstOnLine(block.Statements[0].GetFirstToken())
        && names.Where(name => method.Span.Contains(name.Span)).All(name => block.Span.Contains(name.Span));

    // A primary constructor's parameter stands for itself; another's is kept in a field, by one assignment.
    private static (VariableDeclaratorSyntax? Field, List<IdentifierNameSyntax> Uses, List<IdentifierNameSyntax> Assigned)? FieldOf(ParameterSyntax parameter, TypeDeclarationSyntax holder, FixContext context)
    {
        if (context.Semantics.GetDeclaredSymbol(parameter, context.Cancellation) is not { } symbol)
            return null;
        var uses = NamesOf(symbol, holder, context);
        if (parameter.Parent?.Parent is TypeDeclarationSyntax)
            return (null, uses, []);
        if (uses is not [{ Parent: AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax } assignment } given] || assignment.Right != given
            || context.Semantics.GetSymbolInfo(assignment.Left, context.Cancellation).Symbol is not IFieldSymbol { DeclaredAccessibility: Accessibility.Private } field
            || field.DeclaringSyntaxReferences is not [var reference] || reference.GetSyntax(context.Cancellation) is not VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } } declarator || !holder.Span.Contains(declarator.Span))
            return null;
        var left = assignment.Left.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Last();
        return (declarator, [.. NamesOf(field, holder, context).Where(name => name != left)], [left, given]);
    }

    private static List<IdentifierNameSyntax> NamesOf(ISymbol symbol, TypeDeclarationSyntax holder, FixContext context) =>
        [.. holder.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name => name.Identifier.ValueText == symbol.Name && SymbolEqualityComparer.Default.Equals(context.Semantics.GetSymbolInfo(name, context.Cancellation).Symbol, symbol))];

    // Methods that have ended with the service when they return; none where one use is elsewhere.
    private static ImmutableArray<MethodDeclarationSyntax> MethodsAround(List<IdentifierNameSyntax> names)
    {
        var methods = ImmutableArray.CreateBuilder<MethodDeclarationSyntax>();
        foreach (var name in names)
        {
            if (name.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not MethodDeclarationSyntax { Body.Statements: [var first, ..] } method
                || !FileHabits.IsFirstOnLine(first.GetFirstToken())
                || !(Functions.IsAsync(method) || method.ReturnType is PredefinedTypeSyntax)
                || method.DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == "scope"))
                return [];
            if (!methods.Contains(method))
                methods.Add(method);
        }

        return methods.ToImmutable();
    }

    private static TypeSyntax Named(string spelled, TypeSyntax old) => SyntaxFactory.ParseTypeName(spelled).WithTriviaFrom(old);
}
