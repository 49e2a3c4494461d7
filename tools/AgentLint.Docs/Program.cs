return AgentLint.Docs.CommandLine.Run(args, Environment.CurrentDirectory, Console.Out, Console.Error);
