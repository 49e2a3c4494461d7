using AgentLint.Catalogue;
using AgentLint.Editing;
using AgentLint.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentLint.Fixes.Idempotency;

/// <summary>Gives a call the key of its operation where its API takes one: a header, a property of what it is given, a parameter.</summary>
internal sealed class KeyPassing(FixContext context, NodeEdits edits, TypeNames names)
{
    /// <summary>Plans the edit; false where the call takes no key, or is not written in a way that can be changed.</summary>
    public bool Pass(IInvocationOperation call, CatalogueEntry entry, string key)
    {
        if (call.Syntax is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax } syntax || entry["key"]?.Split(':') is not { Length: 2 } place)
            return false;
        return place[0] switch
        {
            "header" => PassHeader(call, syntax, entry, place[1], key),
            "property" => PassProperty(call, syntax, entry, place[1], key),
            "parameter" => PassArgument(call, syntax, place[1], key),
            _ => false,
        };
    }

    private bool PassHeader(IInvocationOperation call, InvocationExpressionSyntax syntax, CatalogueEntry entry, string header, string key)
    {
        if (entry["verb"] is "POST")
            return SendInstead(call, syntax, header, key);
        if (ArgumentOf(call, "request") is not { } request)
            return false;
        var creation = request as BaseObjectCreationExpressionSyntax;
        if (creation == null && request is IdentifierNameSyntax && context.Semantics.GetSymbolInfo(request, context.Cancellation).Symbol is ILocalSymbol local)
            creation = (local.DeclaringSyntaxReferences[0].GetSyntax(context.Cancellation) as VariableDeclaratorSyntax)?.Initializer?.Value as BaseObjectCreationExpressionSyntax;
        if (creation == null || creation.Initializer?.Expressions.Any(e => e is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "Headers" } }) == true)
            return false;
        edits.Add(creation, made => PropertyInitializers.Set((BaseObjectCreationExpressionSyntax)made, FileHabits.Of(context.Root), ("Headers", HeadersWith(header, key))));
        return true;
    }

    // No overload of PostAsync takes a header.
    private bool SendInstead(IInvocationOperation call, InvocationExpressionSyntax syntax, string header, string key)
    {
        if (TypeOf("System.Net.Http.HttpRequestMessage") is not { } message || TypeOf("System.Net.Http.HttpMethod") is not { } method || ArgumentOf(call, "requestUri") is not { } address)
            return false;
        string? content;
        if (ArgumentOf(call, "content") is { } given)
            content = given.ToString();
        else if (ArgumentOf(call, "value") is { } value && TypeOf("System.Net.Http.Json.JsonContent") is { } json)
            content = $"{names.Spell(json, syntax.SpanStart)}.Create({value}{(ArgumentOf(call, "options") is { } options ? $", options: {options}" : ArgumentOf(call, "jsonTypeInfo") is { } info ? ", " + info : "")})";
        else
            return false;
        var token = ArgumentOf(call, "cancellationToken") is { } cancellation ? ", " + cancellation : "";
        var request = $"new {names.Spell(message, syntax.SpanStart)}({names.Spell(method, syntax.SpanStart)}.Post, {address}) {{ Content = {content}, Headers = {HeadersWith(header, key)} }}";
        var send = SyntaxFactory.ParseExpression($"{((MemberAccessExpressionSyntax)syntax.Expression).Expression}.SendAsync({request}{token})", options: syntax.SyntaxTree.Options);
        edits.Add(syntax, node => send.WithTriviaFrom(node));
        return true;
    }

    // requestOptions: new RequestOptions { IdempotencyKey = … }, or a property of the message that is made on the spot.
    private bool PassProperty(IInvocationOperation call, InvocationExpressionSyntax syntax, CatalogueEntry entry, string property, string key)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is not { } parameter || (entry["key-parameter"] is { } name ? parameter.Name != name : PropertyOf(argument.Value.Unwrap().Type, property) == null))
                continue;
            if (PropertyOf(parameter.Type, property) is not { SetMethod: { }, Type.SpecialType: SpecialType.System_String } && PropertyOf(argument.Value.Unwrap().Type, property) is not { SetMethod: { }, Type.SpecialType: SpecialType.System_String })
                return false;
            if (argument.ArgumentKind == ArgumentKind.DefaultValue)
            {
                var options = $"{parameter.Name}: new {names.Spell((INamedTypeSymbol)parameter.Type, syntax.SpanStart)} {{ {property} = {key} }}";
                return AddArgument(syntax, options);
            }

            var made = argument.Value.Unwrap() is ILocalReferenceOperation { Local: var local } ? local.DeclaringSyntaxReferences[0].GetSyntax(context.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: var value } ? value : null : argument.Value.Unwrap().Syntax;
            // What the constructor was given would be overwritten.
            if (made is not BaseObjectCreationExpressionSyntax creation
                || (context.Semantics.GetOperation(creation, context.Cancellation) as IObjectCreationOperation)?.Arguments.Any(given =>
                    given is { ArgumentKind: not ArgumentKind.DefaultValue, Parameter.Name: var filled } && filled.Equals(property, StringComparison.OrdinalIgnoreCase)) == true)
                return false;
            edits.Add(creation, node => PropertyInitializers.Set((BaseObjectCreationExpressionSyntax)node, FileHabits.Of(context.Root), (property, key)));
            return true;
        }

        return entry["key-parameter"] == null && PassCallback(syntax, property, key);
    }

    // Publish(message, sent => sent.MessageId = …): an id is a Guid that is made of the key.
    private bool PassCallback(InvocationExpressionSyntax syntax, string property, string key)
    {
        if (syntax.ArgumentList.Arguments.Count == 0
            || TypeOf("System.Security.Cryptography.SHA256") is not { } sha
            || TypeOf("System.Text.Encoding") is not { } encoding
            || TypeOf("System.Guid") is not { } guid
            || NewNames.Unused(syntax, "sent", "envelope", "outgoing") is not { } sent
            || context.Semantics.GetSpeculativeSymbolInfo(syntax.SpanStart, With($"{sent} => {sent}.{property} = default(global::System.Guid)"), SpeculativeBindingOption.BindAsExpression).Symbol is not IMethodSymbol)
            return false;
        var id = $"new {names.Spell(guid, syntax.SpanStart)}({names.Spell(sha, syntax.SpanStart)}.HashData({names.Spell(encoding, syntax.SpanStart)}.UTF8.GetBytes({key}))[..16])";
        edits.Add(syntax, node => ((InvocationExpressionSyntax)node).WithArgumentList(With($"{sent} => {sent}.{property} = {id}").ArgumentList.WithTriviaFrom(((InvocationExpressionSyntax)node).ArgumentList)));
        return true;

        InvocationExpressionSyntax With(string callback)
        {
            var texts = syntax.ArgumentList.Arguments.Select(argument => argument.ToString()).ToList();
            texts.Insert(1, callback);
            return syntax.WithArgumentList(SyntaxFactory.ParseArgumentList($"({string.Join(", ", texts)})", options: syntax.SyntaxTree.Options));
        }
    }

    private bool PassArgument(IInvocationOperation call, InvocationExpressionSyntax syntax, string parameter, string key) =>
        call.Arguments.Any(a => a.Parameter?.Name == parameter && a is { ArgumentKind: ArgumentKind.DefaultValue, Parameter.Type.SpecialType: SpecialType.System_String })
        && AddArgument(syntax, $"{parameter}: {key}");

    private bool AddArgument(InvocationExpressionSyntax syntax, string argument)
    {
        // Parsed as a whole, so that trivia lies where the compiler would put it.
        edits.Add(syntax, node =>
        {
            var list = ((InvocationExpressionSyntax)node).ArgumentList;
            var text = list.ToString();
            var separator = list.Arguments.Count > 0 ? ", " : "";
            return ((InvocationExpressionSyntax)node).WithArgumentList(
                SyntaxFactory.ParseArgumentList(text.Substring(0, text.Length - 1) + separator + argument + ")", options: syntax.SyntaxTree.Options).WithTriviaFrom(list));
        });
        return true;
    }

    private static string HeadersWith(string header, string key) => $"{{ {{ \"{header}\", {key} }} }}";

    private INamedTypeSymbol? TypeOf(string name) => context.Semantics.Compilation.GetTypesByMetadataName(name).FirstOrDefault();

    private static ExpressionSyntax? ArgumentOf(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter) is { ArgumentKind: not ArgumentKind.DefaultValue } argument ? (argument.Syntax as ArgumentSyntax)?.Expression : null;

    private static IPropertySymbol? PropertyOf(ITypeSymbol? type, string name)
    {
        for (var t = type; t != null; t = t.BaseType)
            if (t.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault() is { } property)
                return property;
        return null;
    }
}
