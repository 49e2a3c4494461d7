using AgentLint.Editing;
using Microsoft.CodeAnalysis;

namespace AgentLint.Fixes.Idempotency;

/// <summary>One file of the project that keys are handed through, with all that is planned in it.</summary>
internal sealed class KeyFile
{
    public KeyFile(FixContext context)
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
