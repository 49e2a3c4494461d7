namespace AgentLint.Tasks;

/// <summary>The folder that paths are said from, so that a log means the same on every machine.</summary>
internal sealed class SourceRoot
{
    private readonly string folder;

    private SourceRoot(string folder) => this.folder = folder;

    /// <summary>A folder that was asked for; otherwise the nearest one above the project with a repository in it; otherwise where the build was started.</summary>
    public static SourceRoot Of(string? wanted, string project, string start)
    {
        if (!string.IsNullOrWhiteSpace(wanted))
            return new SourceRoot(WithoutEnd(Path.GetFullPath(Path.Combine(project, wanted))));
        for (var parent = new DirectoryInfo(project); parent != null; parent = parent.Parent)
            if (Directory.Exists(Path.Combine(parent.FullName, ".git")) || File.Exists(Path.Combine(parent.FullName, ".git")))
                return new SourceRoot(WithoutEnd(parent.FullName));
        return new SourceRoot(WithoutEnd(Path.GetFullPath(start)));
    }

    /// <summary>What the folder is called.</summary>
    public string Name => Path.GetFileName(folder);

    /// <summary>The path from the root, with slashes; the whole path where the root is not above it.</summary>
    public string Relative(string path)
    {
        var full = Path.GetFullPath(path);
        return full.Length > folder.Length + 1 && full.StartsWith(folder, Comparison) && full[folder.Length] is '/' or '\\'
            ? full.Substring(folder.Length + 1).Replace('\\', '/')
            : full.Replace('\\', '/');
    }

    /// <summary>The path from one folder to a file, through their common parent; a file on another drive is its name alone.</summary>
    public static string FromTo(string folder, string path)
    {
        var from = WithoutEnd(Path.GetFullPath(folder)).Split('/', '\\');
        var to = Path.GetFullPath(path).Split('/', '\\');
        var common = 0;
        while (common < from.Length && common < to.Length - 1 && string.Equals(from[common], to[common], Comparison))
            common++;
        return common == 0 ? to[to.Length - 1] : string.Join("/", Enumerable.Repeat("..", from.Length - common).Concat(to.Skip(common)));
    }

    /// <summary>The path of a file that a log names; as it is where it names no file.</summary>
    public static string PathOf(string uri) => Uri.TryCreate(uri, UriKind.Absolute, out var absolute) && absolute.IsFile ? absolute.LocalPath : Uri.UnescapeDataString(uri);

    /// <summary>The file that an address of a log of ours means, here.</summary>
    public string FileOf(string uri) => Path.Combine(folder + Path.DirectorySeparatorChar, PathOf(uri));

    /// <summary>The address that a log of ours has for a file.</summary>
    public string UriOf(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var absolute) && absolute.IsFile && Relative(absolute.LocalPath) is var path && !Path.IsPathRooted(path)
            ? string.Join("/", path.Split('/').Select(Uri.EscapeDataString))
            : uri;

    private static StringComparison Comparison => Path.DirectorySeparatorChar == '\\' ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static string WithoutEnd(string path) => path.TrimEnd('/', '\\');
}
