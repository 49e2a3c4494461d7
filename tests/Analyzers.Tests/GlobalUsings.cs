// The seam to the harness: moving to Microsoft.CodeAnalysis.Testing changes this line.
global using AgentLint.Testing;
