using AgentLint.Fixes.Coupling;
using AgentLint.Rules.Coupling;

namespace AgentLint.Tests.Rules.Coupling;

/// <summary>Tests of the fix of AGL0601, in a class that has some clients.</summary>
internal static class AwaitInstead
{
    public const string Title = "Await instead of blocking";

    private const string Head = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Linq.Expressions;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.AI;
        using OpenAI.Chat;

        partial class C(IChatClient client, HttpClient http, ChatClient chat)
        {

        """;

    public static Task Fixed(string members, string fixedMembers) => Fixed(members, fixedMembers, Title);

    public static Task Fixed(string members, string fixedMembers, string? title) => File(In(members), In(fixedMembers)).RunAsync(title);

    public static Task NotOffered(string members) => File(In(members), In(members)).RunAsync(Title);

    public static FixTest<AGL0601_BlockingAgentCall, AGL0601Fix_AwaitInstead> File(string code, string fixedCode) => new(code, fixedCode);

    public static string In(string members) =>
        Head + string.Concat(members.Split('\n').Select(line => line.Length == 0 ? "\n" : "    " + line + "\n")) + "}\n";
}
