using AgentLint.Docs;

namespace AgentLint.Site;

/// <summary>Composes the site, or only checks its links.</summary>
internal static class CommandLine
{
    private const string Usage = "Usage: AgentLint.Site [--out DIR] [--no-sample] | --check";

    /// <summary>Does what the arguments say for the repository around a folder, and returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments, string folder, TextWriter output, TextWriter error, RuleBook? book = null)
    {
        try
        {
            string? target = null;
            bool check = false, withSample = true;
            for (var i = 0; i < arguments.Length; i++)
            {
                switch (arguments[i])
                {
                    case "--out" when i + 1 < arguments.Length:
                        target = Path.GetFullPath(arguments[++i], folder);
                        break;
                    case "--no-sample":
                        withSample = false;
                        break;
                    case "--check":
                        check = true;
                        break;
                    default:
                        throw new DocsException(Usage);
                }
            }

            var root = RepositoryRoot.Find(folder);
            target ??= Path.Combine(root, "artifacts", "site");
            // Whether a link is right does not depend on what the sample's build says.
            var shown = withSample && !check ? await ShownDiagnostic.OfSampleAsync(root, "AGL0101", "Workflows/TellCustomerActivity.cs") : null;
            var site = SiteComposer.Compose(root, shown, book);
            var broken = LinkCheck.BrokenLinks(site);
            foreach (var link in broken)
                error.WriteLine(link);
            if (broken.Count > 0)
                return 1;
            if (!check)
            {
                site.Write(target);
                output.WriteLine($"Wrote {site.Files.Count} files. Open {Path.Combine(target, "index.html")}");
            }

            return 0;
        }
        catch (DocsException exception)
        {
            error.WriteLine(exception.Message);
            return 1;
        }
    }
}
