using System.Collections.Immutable;

namespace AgentLint.Testing;

/// <summary>Completes the state after a fix with what it takes over from the state before.</summary>
static class StateInheritance
{
    /// <summary>Gives a new state; neither argument changes.</summary>
    /// <param name="state">The state after the fix.</param>
    /// <param name="from">The state before it.</param>
    /// <param name="fixableIds">The ids that the fix declares: diagnostics of other ids are expected to outlive it.</param>
    public static SolutionState Complete(SolutionState state, SolutionState from, ImmutableHashSet<string> fixableIds)
    {
        var mode = state.InheritanceMode ?? StateInheritanceMode.AutoInherit;
        if (mode == StateInheritanceMode.Explicit)
        {
            return state;
        }

        var complete = new SolutionState(state.Name, "", "");
        CompleteProject(complete, state, from);
        foreach (var name in from.AdditionalProjects.Keys.Union(state.AdditionalProjects.Keys))
        {
            CompleteProject(
                complete.AdditionalProjects[name],
                state.AdditionalProjects.TryGetValue(name, out var own) ? own : null,
                from.AdditionalProjects.TryGetValue(name, out var inherited) ? inherited : null);
        }

        // A fix that is not to be offered changes nothing, so all that was reported before is reported after.
        var inheritsAll = mode == StateInheritanceMode.AutoInheritAll
            || (state.ExpectedDiagnostics.Count == 0 && HaveSameSources(complete, from));
        complete.ExpectedDiagnostics.AddRange(from.ExpectedDiagnostics.Where(d => inheritsAll || !fixableIds.Contains(d.Id)));
        complete.ExpectedDiagnostics.AddRange(state.ExpectedDiagnostics);
        return complete;
    }

    static void CompleteProject(ProjectState target, ProjectState? own, ProjectState? inherited)
    {
        Take(target.Sources, p => p.Sources);
        Take(target.AdditionalFiles, p => p.AdditionalFiles);
        Take(target.AnalyzerConfigFiles, p => p.AnalyzerConfigFiles);
        Take(target.AdditionalReferences, p => p.AdditionalReferences);
        Take(target.AdditionalProjectReferences, p => p.AdditionalProjectReferences);
        target.ReferenceAssemblies = own?.ReferenceAssemblies ?? inherited?.ReferenceAssemblies;
        target.OutputKind = own?.OutputKind ?? inherited?.OutputKind;

        void Take<T>(List<T> list, Func<ProjectState, List<T>> part)
        {
            var parts = own is null ? [] : part(own);
            list.AddRange(parts.Count > 0 || inherited is null ? parts : part(inherited));
        }
    }

    static bool HaveSameSources(SolutionState a, SolutionState b) =>
        a.AdditionalProjects.Values.Prepend(a).SelectMany(Texts).SequenceEqual(b.AdditionalProjects.Values.Prepend(b).SelectMany(Texts));

    static IEnumerable<(string, string)> Texts(ProjectState project) =>
        project.Sources.Select(file => (file.filename, file.content.ToString()));
}
