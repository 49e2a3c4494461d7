// The seam: with the official library this line is two: Microsoft.CodeAnalysis.Testing and Microsoft.CodeAnalysis.CSharp.Testing.
global using AgentLint.Testing;
global using Xunit;
