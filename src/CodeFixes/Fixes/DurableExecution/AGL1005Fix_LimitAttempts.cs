using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Model;
using AgentLint.Rules.DurableExecution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.DurableExecution;

/// <summary>Sets the number of attempts where the options of an activity are made.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL1005Fix_LimitAttempts)), Shared]
public sealed class AGL1005Fix_LimitAttempts() : AgentCodeFix(AGL1005_UnlimitedActivityRetry.Rule, "Limit the activity to five attempts")
{
    private const string Attempts = "5";

    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var edits = new NodeEdits();
        var done = new HashSet<SyntaxNode>();
        foreach (var diagnostic in diagnostics)
            if (context.Root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<SimpleNameSyntax>() is { } name
                && context.Semantics.OperationOf(name, context.Cancellation) is IInvocationOperation call
                && OptionsOf(call, context) is { Creation.Syntax: BaseObjectCreationExpressionSyntax made } target
                && done.Add(made))
                edits.Add(made, (BaseObjectCreationExpressionSyntax old) => PropertyInitializers.Set(
                    old, habits, target.HoldsPolicy ? (target.Property, $"new() {{ {target.Limit} = {Attempts} }}") : (target.Limit, Attempts)));

        return Task.FromResult<Edit?>(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(edits.Apply(context.Root))));
    }

    // The policy that the options hold, where they hold one; otherwise the options, and the property to set.
    private static Target? OptionsOf(IInvocationOperation call, FixContext context)
    {
        foreach (var argument in call.Arguments)
            if (argument.ArgumentKind != ArgumentKind.DefaultValue)
                foreach (var source in new ValueSources(context.Model, context.Cancellation).Of(argument.Value))
                    if (source is IObjectCreationOperation options
                        && options.Syntax.SyntaxTree == context.Root.SyntaxTree
                        && PolicyProperty(options.Type, context) is var (property, limit))
                        return PolicyIn(options, property) switch
                        {
                            null => new Target(options, property.Name, limit, HoldsPolicy: true),
                            IObjectCreationOperation policy => new Target(policy, property.Name, limit, HoldsPolicy: false),
                            _ => null,
                        };
        return null;
    }

    private static IOperation? PolicyIn(IObjectCreationOperation options, IPropertySymbol property) =>
        options.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>()
            .FirstOrDefault(setter => setter.Target is IPropertyReferenceOperation { Property: var set } && SymbolEqualityComparer.Default.Equals(set, property))?.Value.Unwrap();

    private static (IPropertySymbol Property, string Limit)? PolicyProperty(ITypeSymbol? type, FixContext context)
    {
        for (var t = type; t != null; t = t.BaseType)
            foreach (var property in t.GetMembers().OfType<IPropertySymbol>())
                if (property.Type is INamedTypeSymbol policy
                    && policy.InstanceConstructors.Select(constructor => context.Model.Find(constructor, CatalogueRole.Retry)).FirstOrDefault(entry => entry?.Has("settings") == true)?["attempts-in"] is { } limit
                    && policy.GetMembers(limit).OfType<IPropertySymbol>().Any(member => member.SetMethod != null))
                    return (property, limit);
        return null;
    }

    // What to set: a policy's limit, or the property of the options that holds a policy.
    private sealed record Target(IObjectCreationOperation Creation, string Property, string Limit, bool HoldsPolicy);
}
