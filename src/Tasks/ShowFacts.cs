using System.Text;
using Microsoft.Build.Framework;

namespace AgentLint.Tasks;

/// <summary>Shows the facts that a build has published in an assembly.</summary>
public sealed class ShowFacts : BuildTask
{
    private const string Key = "AgentLint.Facts/1";

    [Required]
    public string Assembly { get; set; } = "";

    private protected override void Run()
    {
        if (!File.Exists(Assembly))
            Fail($"there is no {Assembly}: build the project first");
        else
            Say(TextIn(File.ReadAllBytes(Assembly)) ?? $"AgentLint: {Path.GetFileName(Assembly)} publishes no facts");
    }

    /// <summary>The value behind the attribute's key: strings of attributes stand in the file as they are, each behind its length.</summary>
    internal static string? TextIn(byte[] file)
    {
        var key = Encoding.UTF8.GetBytes(Key);
        for (var at = 1; at + key.Length < file.Length; at++)
            if (file[at - 1] == key.Length && Matches(file, at, key) && LengthAt(file, at + key.Length) is var (length, start) && length > 0 && start + length <= file.Length)
                return Encoding.UTF8.GetString(file, start, length);
        return null;
    }

    private static bool Matches(byte[] file, int at, byte[] key)
    {
        for (var i = 0; i < key.Length; i++)
            if (file[at + i] != key[i])
                return false;
        return true;
    }

    // ECMA-335 II.23.2: one, two or four bytes.
    private static (int Length, int Start) LengthAt(byte[] file, int at)
    {
        if ((file[at] & 0x80) == 0)
            return (file[at], at + 1);
        if ((file[at] & 0xC0) == 0x80 && at + 1 < file.Length)
            return (((file[at] & 0x3F) << 8) | file[at + 1], at + 2);
        return (file[at] & 0xE0) == 0xC0 && at + 3 < file.Length
            ? (((file[at] & 0x1F) << 24) | (file[at + 1] << 16) | (file[at + 2] << 8) | file[at + 3], at + 4)
            : (0, at);
    }
}
