namespace AgentLint.Docs;

/// <summary>Writes what follows from the rules, or checks that it is up to date, or lays out the files of a new rule.</summary>
internal sealed class CommandLine
{
    private readonly string _root;
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    private CommandLine(string root, TextWriter output, TextWriter error)
    {
        _root = root;
        _output = output;
        _error = error;
    }

    /// <summary>Does what the arguments say to the repository around a folder, and returns the exit code.</summary>
    public static int Run(string[] arguments, string folder, TextWriter output, TextWriter error)
    {
        try
        {
            var commands = new CommandLine(RepositoryRoot.Find(folder), output, error);
            return arguments switch
            {
                [] => commands.Write(),
                ["--check"] => commands.Check(),
                ["new", var id, var name] => commands.New(id, name),
                _ => throw new DocsException("Usage: AgentLint.Docs [--check | new AGL0302 NameOfTheDefect]"),
            };
        }
        catch (DocsException exception)
        {
            error.WriteLine(exception.Message);
            return 1;
        }
    }

    private int Write()
    {
        foreach (var file in Stale())
        {
            file.Write();
            _output.WriteLine($"Wrote {file.RelativePath}");
        }

        return 0;
    }

    private int Check()
    {
        var stale = Stale();
        stale.ForEach(file => _error.WriteLine(file.Complaint));
        return stale.Count == 0 ? 0 : 1;
    }

    private int New(string id, string name)
    {
        foreach (var path in Scaffold.Create(_root, id, name))
            _output.WriteLine($"Wrote {path}");
        _output.WriteLine($"When the rule is written: {GeneratedFiles.Command}");
        return 0;
    }

    private List<GeneratedFile> Stale() => [.. GeneratedFiles.All(_root, RuleBook.Load()).Where(file => file.IsStale)];
}
