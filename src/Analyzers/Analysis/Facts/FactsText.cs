using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using AgentLint.Analysis.Loops;
using AgentLint.Analysis.Values;
using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Analysis.Facts;

/// <summary>
/// Facts as text, in the grammar of the catalogue: words, <c>name=value</c>, and double quotes around what has blanks. Equal facts have equal texts.
/// A line that is not understood, as one of a newer version, says nothing; no text makes the reader throw, or work for long.
/// </summary>
/// <example>
/// <code>
/// api 0 http-call System.Net.Http.HttpClient.PostAsync
/// type Billing.RefundService is=Contracts.IRefundService
/// member PayAsync
/// reaches 0 way=PaymentsClient.SendAsync>HttpClient.PostAsync
/// type Billing.Setup
/// member AddBilling
/// registers Contracts.IRefundService as=Billing.RefundService lifetime=scoped
/// contract 0 Contracts.IPayments RefundAsync
/// type Orders.OrderService is=Contracts.IOrderService
/// member CancelAsync
/// calls 0 via=OrderService.CloseAsync passes=0 tokenless
/// </code>
/// </example>
internal static class FactsText
{
    // What honest projects stay far below. More is not read.
    private const int MaxLength = 4_000_000;
    private const int MaxLines = 100_000;
    private const int MaxReached = 64;
    private const int MaxSinks = 16;
    private const int MaxCalls = 16;
    private const int MaxRegistered = 2_000;
    private const int MaxRetries = 8;
    private const int MaxWay = 64;
    private const int MaxWord = 2_000;

    private static readonly ImmutableArray<(int Trait, string Name)> Traits = NamesOf(typeof(ReachedTraits));
    private static readonly ImmutableArray<(int Trait, string Name)> CallTraits = NamesOf(typeof(OpenCallTraits));
    private static readonly ImmutableArray<(int Trait, string Name)> TaintedTraits = NamesOf(typeof(TaintTraits));

    /// <summary>The facts as text; empty where there are none.</summary>
    public static string Write(AssemblyFacts facts)
    {
        var apis = new Dictionary<string, int>(StringComparer.Ordinal);
        var contracts = new Dictionary<string, int>(StringComparer.Ordinal);
        var lines = new StringBuilder();
        foreach (var type in facts.Types)
        {
            lines.Append("type ").Append(type.Key).Append(Fact("is", type.Value.Interfaces.IsEmpty ? null : string.Join(",", type.Value.Interfaces))).Append('\n');
            foreach (var member in type.Value.Members)
            {
                lines.Append("member ").Append(member.Key).Append(Fact("keys", member.Value.Keys.IsEmpty ? null : string.Join(",", member.Value.Keys))).Append('\n');
                var way = "";
                foreach (var reached in member.Value.Reached)
                {
                    var leads = string.Join(">", reached.Way);
                    lines.Append("reaches ").Append(NumberOf(LineOf(reached.Entry, reached.Api), apis)).Append(Fact("way", leads == way ? null : leads)).Append(Words(Traits, (int)reached.Traits)).Append(Fact("relative", reached.Relative)).Append(Fact("fresh", reached.FreshId)).Append(Fact("retries", TextOf(reached.Retries))).Append('\n');
                    way = leads;
                }

                foreach (var sink in member.Value.Sinks)
                    lines.Append("takes ").Append(NumberOf(LineOf(sink.Entry, sink.Api), apis)).Append(Fact("parameter", Text(sink.Parameter))).Append(Fact("members", sink.Members.Length == 0 ? null : sink.Members))
                        .Append(Fact("way", string.Join(">", sink.Way))).Append(Words(TaintedTraits, (int)sink.Traits)).Append('\n');
                foreach (var call in member.Value.Calls)
                    lines.Append("calls ").Append(NumberOf(call.Contract + " " + call.Member, contracts))
                        .Append(Fact("via", call.Way.Length == 1 ? null : string.Join(">", call.Way.Take(call.Way.Length - 1))))
                        .Append(Fact("passes", call.Passes.IsEmpty ? null : string.Join(",", call.Passes.Select(pass => pass.From == pass.To ? Text(pass.From) : Text(pass.From) + ":" + Text(pass.To)))))
                        .Append(Words(CallTraits, (int)call.Traits)).Append(Fact("retries", TextOf(call.Retries))).Append('\n');

                foreach (var registered in member.Value.Registered)
                    lines.Append("registers ").Append(registered.Service).Append(Fact("as", registered.Implementation == registered.Service ? null : registered.Implementation))
                        .Append(Fact("lifetime", Dashed(registered.Lifetime.ToString()))).Append(registered.IsMade ? " made" : "").Append('\n');
            }
        }

        if (lines.Length == 0)
            return "";
        var text = new StringBuilder();
        foreach (var api in apis.OrderBy(api => api.Value))
            text.Append("api ").Append(Text(api.Value)).Append(' ').Append(api.Key).Append('\n');
        foreach (var contract in contracts.OrderBy(contract => contract.Value))
            text.Append("contract ").Append(Text(contract.Value)).Append(' ').Append(contract.Key).Append('\n');
        return text.Append(lines).ToString();
    }

    /// <summary>The facts that a text states.</summary>
    /// <param name="text">The value of <see cref="PublishedFacts.Key"/>.</param>
    /// <param name="catalogue">The reader's catalogue: an entry of it that says the same stands for that of the text.</param>
    /// <param name="cancellation">Ends the reading with an exception.</param>
    public static AssemblyFacts Read(string text, ApiCatalogue catalogue, CancellationToken cancellation)
    {
        if (text.Length > MaxLength)
            return AssemblyFacts.None;
        var apis = new Dictionary<string, (CatalogueEntry Entry, string Member)>(StringComparer.Ordinal);
        var contracts = new Dictionary<string, (string Type, string Member)>(StringComparer.Ordinal);
        var types = new SortedDictionary<string, (ImmutableArray<string> Interfaces, SortedDictionary<string, Found> Members)>(StringComparer.Ordinal);
        SortedDictionary<string, Found>? type = null;
        Found? member = null;
        ImmutableArray<string> way = [];
        var lines = 0;
        foreach (var line in text.Split('\n'))
        {
            cancellation.ThrowIfCancellationRequested();
            if (++lines > MaxLines)
                return AssemblyFacts.None;
            var words = CatalogueParser.WordsOf(line);
            if (words.Count < 2 || words.Any(word => word.Length > MaxWord))
                continue;
            switch (words[0])
            {
                case "api" when words.Count > 3 && !apis.ContainsKey(words[1]) && ReadApi(line, catalogue) is { } api:
                    apis.Add(words[1], api);
                    break;
                case "contract" when words.Count == 4 && !contracts.ContainsKey(words[1]):
                    contracts.Add(words[1], (words[2], words[3]));
                    break;
                case "type":
                    member = null;
                    if (!types.TryGetValue(words[1], out var found))
                        types.Add(words[1], found = ([.. ValueOf(words, "is")?.Split(',') ?? []], new(StringComparer.Ordinal)));
                    type = found.Members;
                    break;
                case "member" when type != null:
                    way = [];
                    if (!type.TryGetValue(words[1], out member))
                        type.Add(words[1], member = new());
                    member.Keys = [.. NumbersIn(ValueOf(words, "keys"))];
                    break;
                case "registers" when member is { Registered.Count: < MaxRegistered }
                    && Enum.TryParse<ServiceLifetime>(ValueOf(words, "lifetime"), ignoreCase: true, out var lifetime) && Enum.IsDefined(typeof(ServiceLifetime), lifetime):
                    member.Registered.Add(new RegisteredFact(words[1], ValueOf(words, "as") ?? words[1], lifetime, words.Contains("made")));
                    break;
                case "reaches" when member is { Reached.Count: < MaxReached }:
                    if (ValueOf(words, "way") is { } leads)
                        way = [.. leads.Split('>')];
                    if (way.Length is > 0 and <= MaxWay && apis.TryGetValue(words[1], out var known))
                        member.Reached.Add(new ReachedFact(known.Entry, known.Member, way, (ReachedTraits)TraitsIn(words, Traits)) { Relative = ValueOf(words, "relative"), FreshId = ValueOf(words, "fresh"), Retries = RetriesIn(ValueOf(words, "retries")) });
                    break;
                case "takes" when member is { Sinks.Count: < MaxSinks } && apis.TryGetValue(words[1], out var taken) && SinkFacts.Of(taken.Entry) != null:
                    if (int.TryParse(ValueOf(words, "parameter"), NumberStyles.None, CultureInfo.InvariantCulture, out var parameter) && ValueOf(words, "way")?.Split('>') is { Length: <= MaxWay } to)
                        member.Sinks.Add(new SinkFact(taken.Entry, taken.Member, [.. to], parameter, ValueOf(words, "members") ?? "", (TaintTraits)TraitsIn(words, TaintedTraits)));
                    break;
                case "calls" when member is { Calls.Count: < MaxCalls } && contracts.TryGetValue(words[1], out var contract):
                    if (ValueOf(words, "via")?.Split('>') is var through && through is not { Length: > MaxWay })
                        member.Calls.Add(new OpenCallFact(contract.Type, contract.Member, [.. through ?? [], OpenCallFact.NameOf(contract.Type, contract.Member)], (OpenCallTraits)TraitsIn(words, CallTraits)) 
                        {
                            Passes = [.. PassesIn(ValueOf(words, "passes"))],
                            Retries = RetriesIn(ValueOf(words, "retries")),
                        });
                    break;
            }
        }

        return types.Count == 0
            ? AssemblyFacts.None
            : new AssemblyFacts(types.ToImmutableSortedDictionary(
                one => one.Key,
                one => new TypeFacts(one.Value.Interfaces, one.Value.Members.ToImmutableSortedDictionary(m => m.Key, m => m.Value.Facts, StringComparer.Ordinal)),
                StringComparer.Ordinal));
    }

    private static IEnumerable<int> NumbersIn(string? list)
    {
        foreach (var word in list?.Split(',') ?? [])
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                yield return number;
    }

    // 3:loop|n-reads:handler|unlimited:loop
    private static string? TextOf(ImmutableArray<RetryFact> retries) =>
        retries.IsEmpty ? null : string.Join("|", retries.Select(retry =>
            (retry.Tries is not { } tries ? "n" : tries == RetryLayer.Unlimited ? "unlimited" : Text(tries)) + (retry.ReadsOnly ? "-reads" : "") + ":" + retry.Name));

    private static ImmutableArray<RetryFact> RetriesIn(string? list)
    {
        var found = ImmutableArray.CreateBuilder<RetryFact>();
        foreach (var layer in list?.Split('|').Take(MaxRetries) ?? [])
        {
            var end = layer.IndexOf(':');
            if (end < 1 || end + 1 == layer.Length)
                continue;
            var words = layer.Substring(0, end).Split('-');
            int? tries = words[0] == "unlimited" ? RetryLayer.Unlimited : int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
            if (tries != null || words[0] == "n")
                found.Add(new RetryFact(layer.Substring(end + 1), tries, words.Contains("reads")));
        }

        return found.ToImmutable();
    }

    // 0,2:1
    private static IEnumerable<Handover> PassesIn(string? list)
    {
        foreach (var word in list?.Split(',') ?? [])
            if (word.Split(':') is { Length: 1 or 2 } ends
                && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                && int.TryParse(ends[ends.Length - 1], NumberStyles.None, CultureInfo.InvariantCulture, out var to))
                yield return new Handover(from, to);
    }

    private static string NumberOf(string line, Dictionary<string, int> known)
    {
        if (!known.TryGetValue(line, out var number))
            known.Add(line, number = known.Count);
        return Text(number);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Words(ImmutableArray<(int Trait, string Name)> traits, int given) => string.Concat(traits.Where(trait => (given & trait.Trait) != 0).Select(trait => " " + trait.Name));

    private static ImmutableArray<(int Trait, string Name)> NamesOf(Type traits) =>
        [.. Enum.GetValues(traits).Cast<int>().Where(trait => trait != 0).OrderBy(trait => trait).Select(trait => (trait, Dashed(Enum.GetName(traits, trait)!)))];

    private static string LineOf(CatalogueEntry entry, string api)
    {
        var line = new StringBuilder(CatalogueGrammar.NameOf(entry.Role)).Append(' ').Append(entry.Type).Append('.').Append(api);
        foreach (var fact in entry.Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal))
            if (fact.Key is not ("note" or "since" or "until" or "old"))
                line.Append(fact.Value == "true" ? " " + fact.Key : Fact(fact.Key, fact.Value));
        return line.ToString();
    }

    // api 0 http-call System.Net.Http.HttpClient.PostAsync: a line of a catalogue behind the number.
    private static (CatalogueEntry Entry, string Member)? ReadApi(string line, ApiCatalogue catalogue)
    {
        var start = line.IndexOf(' ', line.IndexOf(' ') + 1);
        var entries = CatalogueParser.Parse("facts", SourceText.From(line.Substring(start + 1))).Entries;
        if (entries.Length != 1 || entries[0].Members.Length != 1)
            return null;
        var (entry, member) = (entries[0], entries[0].Members[0]);
        var own = catalogue.Of(entry.Role).FirstOrDefault(one => one.Type == entry.Type && one.NamesMember(member)
            && entry.Facts.All(fact => one[fact.Key] == fact.Value) && one.Facts.All(fact => fact.Key is "note" or "since" or "until" or "old" || entry.Has(fact.Key)));
        return (own ?? entry, member);
    }

    private static int TraitsIn(IReadOnlyList<string> words, ImmutableArray<(int Trait, string Name)> known)
    {
        var traits = 0;
        foreach (var (trait, name) in known)
            if (words.Contains(name))
                traits |= trait;
        return traits;
    }

    private static string? ValueOf(IReadOnlyList<string> words, string name) =>
        words.Skip(2).FirstOrDefault(word => word.Length > name.Length + 1 && word[name.Length] == '=' && word.StartsWith(name, StringComparison.Ordinal))?.Substring(name.Length + 1);

    private static string Fact(string name, string? value) =>
        value == null ? "" : value.Any(char.IsWhiteSpace) ? $" {name}=\"{value}\"" : $" {name}={value}";

    private static string Dashed(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));

    private sealed class Found
    {
        public List<ReachedFact> Reached { get; } = [];

        public List<SinkFact> Sinks { get; } = [];

        public List<OpenCallFact> Calls { get; } = [];

        public List<RegisteredFact> Registered { get; } = [];

        public ImmutableArray<int> Keys { get; set; } = [];

        public MemberFacts Facts => new([.. Reached]) { Sinks = [.. Sinks], Calls = [.. Calls], Registered = [.. Registered], Keys = Keys };
    }
}
