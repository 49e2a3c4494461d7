using Microsoft.CodeAnalysis;

namespace AgentLint.Benchmarks;

/// <summary>Whether the benchmarks measure what they say, without measuring: programs compile, rules report in the one and not in the other, peers run.</summary>
internal static class Check
{
    public static int Run()
    {
        var wrong = new List<string>();
        void Expect(bool isSo, string what)
        {
            if (!isSo)
                wrong.Add(what);
        }

        foreach (var (name, program) in new[] { ("agents", Programs.OfAgents(PageSamples.OfAllRules.Count)), ("plain", Programs.WithoutAgents(3)) })
        {
            foreach (var error in program.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Take(10))
                wrong.Add($"{name}: {error}");
            var reports = Analyses.Run(program, Analyses.AgentLint).Length;
            Expect(reports > 0 == (name == "agents"), $"{name}: {reports} reports");
        }

        Expect(Rules.Ids.Count() >= 30, $"only {Rules.Ids.Count()} rules have samples of both kinds");
        foreach (var id in Rules.Ids)
        {
            // A rule that is off by default is on for its own samples.
            var faulty = Programs.Of(PageSamples.Reported(id), 3);
            var switchedOn = faulty.WithOptions(faulty.Options.WithSpecificDiagnosticOptions([KeyValuePair.Create(id, ReportDiagnostic.Warn)]));
            Expect(Analyses.Run(switchedOn, [Analyses.Rule(id)]).Any(d => d.Id == id), $"{id} does not report what its page says");
            foreach (var samples in new[] { PageSamples.Reported(id), PageSamples.Silent(id) })
                foreach (var error in Programs.Of(samples, samples.Count + 1).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Take(3))
                    wrong.Add($"{id}: {error}");
            var silent = Analyses.Run(Programs.Of(PageSamples.Silent(id), 3), [Analyses.Rule(id)]).Where(d => d.Id == id).ToList();
            Expect(silent.Count == 0, $"{id} reports {silent.FirstOrDefault()}");
        }

        foreach (var (name, analyzers) in Analyses.Peers)
            Expect(!analyzers.Value.IsEmpty && (name == "empty" || !Analyses.Run(Programs.OfAgents(PageSamples.OfAllRules.Count), analyzers.Value).IsEmpty), $"{name} reports nothing");
        foreach (var line in wrong)
            Console.Error.WriteLine(line);
        Console.WriteLine(wrong.Count == 0 ? $"The benchmarks measure what they say: {Rules.Ids.Count()} rules, {Analyses.Peers.Count} sets of analyzers, {PageSamples.OfAllRules.Count} samples" : $"{wrong.Count} wrong");
        return wrong.Count == 0 ? 0 : 1;
    }
}
