using System.Collections.Immutable;
using System.Composition;
using AgentLint.Analysis.Loops;
using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Model;
using AgentLint.Rules.Retries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Fixes.Retries;

/// <summary>Leaves the retries to the program: tells the SDK's client not to retry, where its settings are made in the same file.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AGL0204Fix_TurnOffSdkRetries)), Shared]
public sealed class AGL0204Fix_TurnOffSdkRetries() : AgentCodeFix(AGL0204_StackedRetries.Rule, "Turn off the SDK's own retries")
{
    private protected override Task<Edit?> EditAsync(FixContext context, ImmutableArray<Diagnostic> diagnostics)
    {
        var habits = FileHabits.Of(context.Root);
        var types = new TypeNames(context);
        var edits = new NodeEdits();
        var done = new HashSet<SyntaxNode>();
        var stacks = new RetryStacks(context.Model, RetryRegions.Of(context.Model, context.CallDepth, context.Cancellation), context.Cancellation);
        foreach (var stack in stacks.In(context.Root.SyntaxTree, context.CallDepth))
            if (stack.Layers[0] is { IsDefault: true, Sdk: { } sdk } && diagnostics.Any(d => d.Location.SourceSpan == stack.Site.SourceSpan)
                && SettingsOf(sdk, context) is (var creation, var setting) && done.Add(creation))
            {
                var name = setting.Members[0];
                var value = ValueOf(setting, creation.SpanStart, context, types);
                if (value != null)
                    edits.Add(creation, (BaseObjectCreationExpressionSyntax made) => PropertyInitializers.Set(made, habits, (name, value)));
            }

        return Task.FromResult(edits.IsEmpty ? null : new Edit(context.Document.WithSyntaxRoot(types.AddImports(edits.Apply(context.Root), habits.EndOfLine))));
    }

    // The one place of the file that makes settings of the SDK: with several, whose they are is not known.
    private static (BaseObjectCreationExpressionSyntax Creation, CatalogueEntry Setting)? SettingsOf(CatalogueEntry sdk, FixContext context)
    {
        (BaseObjectCreationExpressionSyntax, CatalogueEntry)? only = null;
        var settings = context.Model.Catalogue.Of(CatalogueRole.RetrySetting).Where(s => sdk.List("options").Contains(s.Type)).ToList();
        foreach (var creation in context.Root.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>())
            if (settings.FirstOrDefault(s => IsA(context.Semantics.GetTypeInfo(creation, context.Cancellation).Type, s.Type)) is { } setting)
            {
                if (only != null)
                    return null;
                only = (creation, setting);
            }

        return only;
    }

    private static bool IsA(ITypeSymbol? type, string name)
    {
        for (var t = type as INamedTypeSymbol; t != null; t = t.BaseType)
            if (CatalogueMatcher.IsNamed(t.OriginalDefinition, name))
                return true;
        return false;
    }

    private static string? ValueOf(CatalogueEntry setting, int position, FixContext context, TypeNames types)
    {
        if (setting["policy"] is not { } policy)
            return "0";
        return context.Semantics.Compilation.GetTypesByMetadataName(policy) is [{ } type] ? $"new {types.Spell(type, position)}(0)" : null;
    }
}
