using AgentLint.Docs;

// Writes what follows from the rules, or checks that it is up to date, or lays out the files of a new rule.
try
{
    var arguments = args.ToList();
    var root = TakeOption(arguments, "--root") is { } path ? Path.GetFullPath(path) : RepositoryRoot.Find(Environment.CurrentDirectory);
    return arguments switch
    {
        [] => Write(root),
        ["--check"] => Check(root),
        ["new", var id, var name] => New(root, id, name),
        _ => throw new DocsException("Usage: AgentLint.Docs [--root FOLDER] [--check | new AGL0302 NameOfTheDefect]"),
    };
}
catch (DocsException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

static int Write(string root)
{
    foreach (var file in GeneratedFiles.All(root, RuleBook.Load()).Where(file => file.IsStale))
    {
        file.Write();
        Console.WriteLine($"Wrote {file.RelativePath}");
    }

    return 0;
}

static int Check(string root)
{
    var stale = GeneratedFiles.All(root, RuleBook.Load()).Where(file => file.IsStale).ToList();
    foreach (var file in stale)
        Console.Error.WriteLine(file.Complaint);
    return stale.Count == 0 ? 0 : 1;
}

static int New(string root, string id, string name)
{
    foreach (var path in Scaffold.Create(root, id, name))
        Console.WriteLine($"Wrote {path}");
    Console.WriteLine($"When the rule is written: {GeneratedFiles.Command}");
    return 0;
}

static string? TakeOption(List<string> arguments, string name)
{
    var at = arguments.IndexOf(name);
    if (at < 0)
        return null;
    if (at + 1 == arguments.Count)
        throw new DocsException($"{name} needs a value");
    var value = arguments[at + 1];
    arguments.RemoveRange(at, 2);
    return value;
}
