using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;

namespace AgentLint.Analysis.Writes;

/// <summary>
/// The inboxes and outboxes that a program configures for its consumers. An inbox drops a message that was handled; an outbox sends what a consumer
/// publishes with the change that it saves, or not at all.
/// </summary>
internal sealed class Outboxes
{
    private readonly AgentModel model;
    private readonly HashSet<string> inboxes = new(StringComparer.Ordinal);
    private readonly HashSet<string> outboxes = new(StringComparer.Ordinal);

    private Outboxes(AgentModel model, CancellationToken cancellation)
    {
        this.model = model;
        foreach (var entry in model.Catalogue.Of(CatalogueRole.Outbox))
            if (entry.Library is { Type: var library } && model.IsPresent(entry)
                && model.Compilation.SyntaxTrees.Any(tree => entry.Members.Any(NameIndex.Of(tree, cancellation).Mentions)))
            {
                outboxes.Add(library);
                if (entry.Has("inbox"))
                    inboxes.Add(library);
            }
    }

    public static Outboxes Of(AgentModel model, CancellationToken cancellation) =>
        model.Shared(_ => new Once<Outboxes>()).Get(() => new Outboxes(model, cancellation));

    /// <summary>Whether messages that a consumer has handled are dropped before it is called again.</summary>
    public bool DropRepetitionsFor(IMethodSymbol consumer, CancellationToken cancellation) =>
        inboxes.Count > 0 && MethodRoleReader.LibrariesOf(model, consumer, cancellation).Any(inboxes.Contains);

    /// <summary>Whether what a call publishes is held back until the change around it is saved.</summary>
    public bool HoldBack(IMethodSymbol publish) =>
        outboxes.Count > 0 && model.EntriesOf(publish).Any(entry => entry.Library is { Type: var library } && outboxes.Contains(library));
}
