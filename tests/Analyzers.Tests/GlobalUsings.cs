global using AgentLint.Testing;
global using Microsoft.CodeAnalysis.Testing;
