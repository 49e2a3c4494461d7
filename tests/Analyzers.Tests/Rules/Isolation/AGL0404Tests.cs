using AgentLint.Rules.Isolation;
using Xunit;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AgentLint.Tests.Rules.Isolation;

/// <summary>A lazy sequence of tasks that one run goes through twice is reported where it is made.</summary>
public sealed class AGL0404Tests
{
    private const string Start = "var tasks = items.{|#0:Select|}(item => model.GetResponseAsync(item)); ";

    [Theory]
    [InlineData("await Task.WhenAll(tasks); return tasks.ElementAt(0).Result.Text;", "by 'Task.WhenAll' and by 'IEnumerable.ElementAt'")]
    [InlineData("await Task.WhenAll(tasks); foreach (var task in tasks) Console.WriteLine((await task).Text); return \"\";", "by 'Task.WhenAll' and by foreach")]
    [InlineData("if (tasks.Any()) await Task.WhenAll(tasks); return \"\";", "by 'IEnumerable.Any' and by 'Task.WhenAll'")]
    [InlineData("Console.WriteLine(tasks.Count()); await Task.WhenAll(tasks); return \"\";", "by 'IEnumerable.Count' and by 'Task.WhenAll'")]
    [InlineData("await Task.WhenAll(tasks); return string.Concat([.. tasks]);", "by 'Task.WhenAll' and by a spread")]
    [InlineData("await Task.WhenAll(tasks); var texts = tasks.Select(task => task.Result.Text); return texts.First();", "by 'Task.WhenAll' and by 'IEnumerable.First'")]
    [InlineData("var open = tasks.Where(task => !task.IsFaulted); await Task.WhenAll(open); await Task.WhenAll(tasks); return \"\";", "by 'Task.WhenAll' and by 'Task.WhenAll'")]
    [InlineData("for (var i = 0; i < 3; i++) await Task.WhenAny(tasks); return \"\";", "'Task.WhenAny' goes through it again")]
    [InlineData("await All(tasks); return \"\"; static async Task All(IEnumerable<Task> all) { Console.WriteLine(all.Count()); await Task.WhenAll(all); }", "'All' goes through it again")]
    [InlineData("await All(tasks); await All(tasks); return \"\"; static Task All(IEnumerable<Task> all) => Task.WhenAll(all);", "by 'All' and by 'All'")]
    public Task Sequence_that_is_gone_through_twice(string code, string by) => File(Start + code)
        .Expect(Warning, $"'tasks' starts the model call 'IChatClient.GetResponseAsync' again each time it is enumerated: {by}")
        .RunAsync();

    [Theory]
    [InlineData("var tasks = items.Where(i => i.Length > 0).{|#0:Select|}(async item => { return await model.GetResponseAsync(item); }); await Task.WhenAll(tasks); return tasks.First().Result.Text;", "")]
    [InlineData("var tasks = items.Select(item => model.GetResponseAsync(item)).{|#0:Where|}(task => task != null); await Task.WhenAll(tasks); return tasks.First().Result.Text;", "")]
    [InlineData("var tasks = {|#0:from item in items select model.GetResponseAsync(item)|}; await Task.WhenAll(tasks); return tasks.First().Result.Text;", "")]
    [InlineData("var tasks = items.{|#0:Select|}(Ask); await Task.WhenAll(tasks); return tasks.First().Result.Text;", " (Desk.Run → IChatClient.GetResponseAsync)", true)]
    [InlineData("var tasks = {|#0:Started(items)|}; await Task.WhenAll(tasks); return tasks.First().Result.Text;", "")]
    [InlineData("var tasks = {|#0:Iterated(items)|}; await Task.WhenAll(tasks); return tasks.First().Result.Text;", "")]
    public Task Sequence_that_is_lazy_in_another_way(string code, string way, bool isGroup = false) => File(code)
        .Expect(Warning, $"'tasks' starts the model call 'IChatClient.GetResponseAsync'{(isGroup ? "" : way)} again each time it is enumerated: by 'Task.WhenAll' and by 'IEnumerable.First'")
        .RunAsync();

    [Theory]
    [InlineData("var tasks = items.Select(item => model.GetResponseAsync(item)).ToList(); await Task.WhenAll(tasks); return tasks.ElementAt(0).Result.Text;")]
    [InlineData("IEnumerable<Task<ChatResponse>> tasks = items.Select(item => model.GetResponseAsync(item)).ToArray(); await Task.WhenAll(tasks); return tasks.First().Result.Text;")]
    [InlineData("var tasks = items.Select(item => model.GetResponseAsync(item)); var all = await Task.WhenAll(tasks); return all[0].Text;")]
    [InlineData("var tasks = items.Select(item => model.GetResponseAsync(item)); if (items.Length > 3) return (await Task.WhenAll(tasks))[0].Text; await Task.WhenAny(tasks); return \"\";")]
    [InlineData("var tasks = items.Select(item => model.GetResponseAsync(item)); tasks = tasks.ToList(); await Task.WhenAll(tasks); return tasks.First().Result.Text;")]
    [InlineData("foreach (var item in items) { var tasks = items.Select(i => model.GetResponseAsync(i)); await Task.WhenAll(tasks); } return \"\";")]
    // Views of what has been started elsewhere.
    [InlineData("var runs = items.Select(item => model.GetResponseAsync(item)).ToList(); var open = runs.Where(task => !task.IsCompleted); await Task.WhenAll(open); return open.Count().ToString();")]
    [InlineData("var runs = items.ToDictionary(item => item, item => model.GetResponseAsync(item)); var tasks = items.Select(item => runs[item]); await Task.WhenAll(tasks); return tasks.First().Result.Text;")]
    [InlineData("var tasks = items.Select(item => kept.GetOrAdd(item, i => model.GetResponseAsync(i))); await Task.WhenAll(tasks); return tasks.First().Result.Text;")]
    public Task Sequence_that_is_gone_through_once_or_holds_its_tasks(string code) => File(code).RunAsync();

    [Fact]
    public Task Work_that_is_not_shown_to_be_remote_is_silent() => File("var tasks = items.Select(item => Task.Delay(item.Length)); await Task.WhenAll(tasks); return tasks.Count().ToString();").RunAsync();

    // How often another object goes through what it is given is not known.
    [Fact]
    public Task Sequence_that_is_kept_is_not_followed() => File("field = items.Select(item => model.GetResponseAsync(item)); await Task.WhenAll(field); return field.First().Result.Text;").RunAsync();

    private static RuleTest<AGL0404_DeferredTaskSequence> File(string code) => new($$"""
        #nullable enable
        using Microsoft.Extensions.AI;

        public class Desk(IChatClient model)
        {
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Task<ChatResponse>> kept = new();
            private IEnumerable<Task<ChatResponse>>? field;

            public object?[] All => [kept, field];

            public async Task<string> Run(string[] items) { {{code}} }

            private Task<ChatResponse> Ask(string item) => model.GetResponseAsync(item);

            private IEnumerable<Task<ChatResponse>> Started(string[] items) => items.Select(item => model.GetResponseAsync(item));

            private IEnumerable<Task<ChatResponse>> Iterated(string[] items) { foreach (var item in items) yield return model.GetResponseAsync(item); }
        }
        """);
}
