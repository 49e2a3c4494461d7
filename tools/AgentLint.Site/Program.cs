return await AgentLint.Site.CommandLine.RunAsync(args, Environment.CurrentDirectory, Console.Out, Console.Error);
