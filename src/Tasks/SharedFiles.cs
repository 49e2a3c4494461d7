using System.Diagnostics;
using System.Text;

namespace AgentLint.Tasks;

/// <summary>Files that several builds, or several parts of one, write at the same time.</summary>
internal static class SharedFiles
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>A file that only one holds at a time, until it is disposed of.</summary>
    public static FileStream Hold(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Patiently(() => new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>Writes a text where it is not there already: a project that is built twice at once, for two sets of properties, writes the same file twice.</summary>
    public static void WriteIfDifferent(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Patiently(() =>
        {
            if (!File.Exists(path) || File.ReadAllText(path) != text)
                File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return true;
        });
    }

    private static T Patiently<T>(Func<T> action)
    {
        for (var waited = Stopwatch.StartNew(); ; Thread.Sleep(20))
        {
            try
            {
                return action();
            }
            catch (IOException e) when (waited.Elapsed < Patience && e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
            {
            }
        }
    }
}
