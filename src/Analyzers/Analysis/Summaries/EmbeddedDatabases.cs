using AgentLint.Catalogue;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Analysis.Summaries;

/// <summary>
/// Which database calls stay within the process. The base library and helpers such as Dapper declare the calls; the type of the connection or command that
/// they are made on decides. A connection whose type is not known is assumed to be remote.
/// </summary>
internal static class EmbeddedDatabases
{
    public static bool Serve(Effect effect, AgentModel model, CancellationToken cancellation) =>
        effect is { Entry.Role: CatalogueRole.DatabaseCall or CatalogueRole.Effect, Witness: { Beyond: null, Steps: { IsEmpty: false } steps } }
        && steps[steps.Length - 1].Site is var site
        && model.SemanticsOf(site.SyntaxTree).GetOperation(site, cancellation) is IInvocationOperation call
        && Serves(call, model);

    public static bool Serves(IInvocationOperation call, AgentModel model) =>
        call.Receiver()?.Unwrap() is { Type: { } type } && model.Is(type, CatalogueRole.EmbeddedDatabase);
}
