using AgentLint.Fixes.Coupling;
using AgentLint.Rules.Coupling;
using Xunit;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>What the fixes of AGL0602 make, where they are not offered, and that several go together.</summary>
public sealed class AGL0602FixTests
{
    private const string Together = "Start the calls together";
    private const string Iterations = "Run the iterations concurrently, at most 4 at a time";

    private const string Head = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;

        class Note { public string Text = ""; public string Summary { get; set; } public string Title { get; set; } }

        class Desk(IChatClient client, IEmbeddingGenerator<string, Embedding<float>> embeddings)
        {

        """;

    [Theory]
    [InlineData(
        """
        async Task<string> Run(string text)
        {
            var audience = await client.GetResponseAsync("Who? " + text);
            var intent = [|await client.GetResponseAsync("What? " + text)|];
            return audience.Text + intent.Text;
        }
        """,
        """
        async Task<string> Run(string text)
        {
            var audienceTask = client.GetResponseAsync("Who? " + text);
            var intentTask = client.GetResponseAsync("What? " + text);
            await Task.WhenAll(audienceTask, intentTask);
            var audience = await audienceTask;
            var intent = await intentTask;
            return audience.Text + intent.Text;
        }
        """)]
    // Comments and blank lines stay with the calls; what uses the first answer comes after all calls; the habit of ConfigureAwait is kept.
    [InlineData(
        """
        async Task<string> Run(string text)
        {
            // Who reads it?
            ChatResponse audience = await client.GetResponseAsync("Who? " + text).ConfigureAwait(false); // slow
            var length = audience.Text.Length; // for the log

            // What do they want?
            var prompt = $"What? {text}";
            ChatResponse intent = [|await client.GetResponseAsync(
                prompt, // short
                cancellationToken: default).ConfigureAwait(false)|];
            return audience.Text + intent.Text + length;
        }
        """,
        """
        async Task<string> Run(string text)
        {
            // Who reads it?
            var audienceTask = client.GetResponseAsync("Who? " + text);

            // What do they want?
            var prompt = $"What? {text}";
            var intentTask = client.GetResponseAsync(
                prompt, // short
                cancellationToken: default);
            await Task.WhenAll(audienceTask, intentTask).ConfigureAwait(false);
            ChatResponse audience = await audienceTask.ConfigureAwait(false); // slow
            var length = audience.Text.Length; // for the log
            ChatResponse intent = await intentTask.ConfigureAwait(false);
            return audience.Text + intent.Text + length;
        }
        """)]
    // Parts of expressions, members, a return; names that are taken.
    [InlineData(
        """
        async Task<string> Run(Note note, int titleTask)
        {
            note.Summary = (await client.GetResponseAsync("Summarise " + note.Text)).Text;
            note.Title = ([|await client.GetResponseAsync("Title " + note.Text)|]).Text;
            return (await client.GetResponseAsync("Rate " + note.Text)).Text + titleTask;
        }
        """,
        """
        async Task<string> Run(Note note, int titleTask)
        {
            var summaryTask = client.GetResponseAsync("Summarise " + note.Text);
            var titleTask2 = client.GetResponseAsync("Title " + note.Text);
            var getResponseTask = client.GetResponseAsync("Rate " + note.Text);
            await Task.WhenAll(summaryTask, titleTask2, getResponseTask);
            note.Summary = (await summaryTask).Text;
            note.Title = (await titleTask2).Text;
            return (await getResponseTask).Text + titleTask;
        }
        """)]
    [InlineData(
        """
        async Task<(string, string)> Run(string text)
        {
            return ((await client.GetResponseAsync("a" + text)).Text, ([|await client.GetResponseAsync("b" + text)|]).Text);
        }
        """,
        """
        async Task<(string, string)> Run(string text)
        {
            var getResponseTask = client.GetResponseAsync("a" + text);
            var getResponseTask2 = client.GetResponseAsync("b" + text);
            await Task.WhenAll(getResponseTask, getResponseTask2);
            return ((await getResponseTask).Text, (await getResponseTask2).Text);
        }
        """)]
    // Helpers that give back a ValueTask, in a section of a switch.
    [InlineData(
        """
        async Task<string> Run(string text, int kind)
        {
            switch (kind)
            {
                case 1:
                    var a = await Ask("a" + text);
                    var b = [|await Ask("b" + text)|];
                    return a + b;
                default:
                    return "";
            }
        }
        async ValueTask<string> Ask(string prompt) => (await client.GetResponseAsync(prompt)).Text;
        """,
        """
        async Task<string> Run(string text, int kind)
        {
            switch (kind)
            {
                case 1:
                    var aTask = Ask("a" + text).AsTask();
                    var bTask = Ask("b" + text).AsTask();
                    await Task.WhenAll(aTask, bTask);
                    var a = await aTask;
                    var b = await bTask;
                    return a + b;
                default:
                    return "";
            }
        }
        async ValueTask<string> Ask(string prompt) => (await client.GetResponseAsync(prompt)).Text;
        """)]
    // Several at once, in one list and in two.
    [InlineData(
        """
        async Task<string> Run(string text)
        {
            var a = await client.GetResponseAsync("a" + text);
            var b = [|await client.GetResponseAsync("b" + text)|];
            var c = await client.GetResponseAsync("c" + a.Text + b.Text);
            var d = [|await client.GetResponseAsync("d" + a.Text + b.Text)|];
            return c.Text + d.Text;
        }
        async Task<string> Again(string text)
        {
            var a = await client.GetResponseAsync("a" + text);
            var b = [|await client.GetResponseAsync("b" + text)|];
            return a.Text + b.Text;
        }
        """,
        """
        async Task<string> Run(string text)
        {
            var aTask = client.GetResponseAsync("a" + text);
            var bTask = client.GetResponseAsync("b" + text);
            await Task.WhenAll(aTask, bTask);
            var a = await aTask;
            var b = await bTask;
            var cTask = client.GetResponseAsync("c" + a.Text + b.Text);
            var dTask = client.GetResponseAsync("d" + a.Text + b.Text);
            await Task.WhenAll(cTask, dTask);
            var c = await cTask;
            var d = await dTask;
            return c.Text + d.Text;
        }
        async Task<string> Again(string text)
        {
            var aTask = client.GetResponseAsync("a" + text);
            var bTask = client.GetResponseAsync("b" + text);
            await Task.WhenAll(aTask, bTask);
            var a = await aTask;
            var b = await bTask;
            return a.Text + b.Text;
        }
        """)]
    public Task Calls_are_started_together(string members, string fixedMembers) =>
        new FixTest<AGL0602_SequentialIndependentCalls, AGL0602Fix_StartTogether>(In(members), In(fixedMembers)).RunAsync(Together);

    [Theory]
    // Each under a condition of its own; several statements in a line; a directive in between.
    [InlineData("""
        async Task<string> Run(string text, bool first, bool second)
        {
            string a = null, b = null;
            if (first)
                a = (await client.GetResponseAsync("a" + text)).Text;
            if (second)
                b = ([|await client.GetResponseAsync("b" + text)|]).Text;
            return a + b;
        }
        """)]
    [InlineData("""
        async Task<string> Run(string text) { var a = await client.GetResponseAsync("a" + text); var b = [|await client.GetResponseAsync("b" + text)|]; return a.Text + b.Text; }
        """)]
    [InlineData("""
        async Task<string> Run(string text)
        {
            var a = await client.GetResponseAsync("a" + text);
        #if DEBUG
            text += "!";
        #endif
            var b = [|await client.GetResponseAsync("b" + text)|];
            return a.Text + b.Text;
        }
        """)]
    // A loop: that is the other fix.
    [InlineData("""
        async Task Run(List<Note> notes)
        {
            foreach (var note in notes)
                note.Summary = ([|await client.GetResponseAsync(note.Text)|]).Text;
        }
        """)]
    public Task Calls_are_left_as_they_are(string members) =>
        new FixTest<AGL0602_SequentialIndependentCalls, AGL0602Fix_StartTogether>(In(members), In(members)).RunAsync(Together);

    [Theory]
    // The item's own slot.
    [InlineData(
        """
        async Task Run(List<Note> notes)
        {
            // All of them.
            foreach (var note in notes)
            {
                // One answer each.
                var answer = [|await client.GetResponseAsync(note.Text)|];
                note.Summary = answer.Text;
            }
        }
        """,
        """
        async Task Run(List<Note> notes)
        {
            // All of them.
            await Parallel.ForEachAsync(notes, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (note, _) =>
            {
                // One answer each.
                var answer = await client.GetResponseAsync(note.Text);
                note.Summary = answer.Text;
            });
        }
        """)]
    // A list gets its values in the order of the items.
    [InlineData(
        """
        async Task<List<string>> Run(string[] parts)
        {
            var all = new List<string>();
            foreach (var part in parts)
            {
                var answer = [|await client.GetResponseAsync(part)|];
                all.Add(answer.Text); // as it is
            }

            return all;
        }
        """,
        """
        async Task<List<string>> Run(string[] parts)
        {
            var all = new List<string>();
            var allInOrder = new string[parts.Length];
            await Parallel.ForEachAsync(Enumerable.Range(0, parts.Length), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (index, _) =>
            {
                var part = parts[index];
                var answer = await client.GetResponseAsync(part);
                allInOrder[index] = answer.Text; // as it is
            });
            all.AddRange(allInOrder);

            return all;
        }
        """)]
    // Slots of an array.
    [InlineData(
        """
        async Task<string[]> Run(IReadOnlyList<string> parts)
        {
            var all = new string[parts.Count];
            for (var i = 0; i < parts.Count; i++)
            {
                all[i] = ([|await client.GetResponseAsync(parts[i])|]).Text;
            }

            return all;
        }
        """,
        """
        async Task<string[]> Run(IReadOnlyList<string> parts)
        {
            var all = new string[parts.Count];
            await Parallel.ForEachAsync(Enumerable.Range(0, parts.Count), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
            {
                all[i] = (await client.GetResponseAsync(parts[i])).Text;
            });

            return all;
        }
        """)]
    public Task Iterations_are_run_together(string members, string fixedMembers) =>
        new FixTest<AGL0602_SequentialIndependentCalls, AGL0602Fix_RunIterationsTogether>(In(members), In(fixedMembers)).RunAsync(Iterations);

    [Theory]
    // Collections that are not safe to add to, values that are added under a condition, items without index, two results.
    [InlineData("""var all = new Dictionary<string, string>(); foreach (var part in parts) { all[part] = ([|await client.GetResponseAsync(part)|]).Text; } return all.Count;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { if (part == "") continue; all.Add(([|await client.GetResponseAsync(part)|]).Text); } return all.Count;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts) { var answer = [|await client.GetResponseAsync(part)|]; if (answer.Text != "") { all.Add(answer.Text); } } return all.Count;""")]
    [InlineData("""var all = new List<string>(); foreach (var part in parts.Where(p => p != "")) { all.Add(([|await client.GetResponseAsync(part)|]).Text); } return all.Count;""")]
    [InlineData("""var all = new List<string>(); var n = 0; foreach (var part in parts) { n++; all.Add(([|await client.GetResponseAsync(part)|]).Text); } return n;""")]
    [InlineData("""var all = new HashSet<string>(); foreach (var part in parts) { all.Add(([|await client.GetResponseAsync(part)|]).Text); } return all.Count;""")]
    public Task Iterations_are_left_as_they_are(string body)
    {
        var code = In($$"""
            async Task<int> Run(List<string> parts)
            {
                {{body}}
            }
            """);
        return new FixTest<AGL0602_SequentialIndependentCalls, AGL0602Fix_RunIterationsTogether>(code, code).RunAsync(Iterations);
    }

    private static string In(string members) =>
        Head + string.Concat(members.Split('\n').Select(line => line.Length == 0 || line[0] == '#' ? line + "\n" : "    " + line + "\n")) + "}\n";
}
