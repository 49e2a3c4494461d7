using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentLint.Tests.Fuzz;

/// <summary>
/// The texts that tests analyse, put together as the tests do it, by reading their sources: literals and interpolations, what the test's data, constants
/// and parameters put into them, and what the test's own methods make of that. Calculations are not followed.
/// </summary>
internal sealed class TestPrograms
{
    private const int Depth = 5;

    private readonly ILookup<string, MethodDeclarationSyntax> methods;
    private readonly ILookup<string, ConstructorDeclarationSyntax> constructors;
    private readonly ILookup<string, ExpressionSyntax> values;
    private readonly List<CompilationUnitSyntax> files;

    public TestPrograms(IEnumerable<(string Path, string Text)> sources)
    {
        files = [.. sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, Repository.SupportDesk.ParseOptions, source.Path).GetCompilationUnitRoot())];
        var nodes = files.SelectMany(file => file.DescendantNodes()).ToList();
        methods = nodes.OfType<MethodDeclarationSyntax>().ToLookup(method => method.Identifier.ValueText, StringComparer.Ordinal);
        constructors = nodes.OfType<ConstructorDeclarationSyntax>().ToLookup(constructor => constructor.Identifier.ValueText, StringComparer.Ordinal);
        values = nodes.OfType<VariableDeclaratorSyntax>().Where(variable => variable.Initializer != null && variable.Parent?.Parent is FieldDeclarationSyntax or LocalDeclarationStatementSyntax)
            .Select(variable => (variable.Identifier.ValueText, variable.Initializer!.Value))
            .Concat(nodes.OfType<PropertyDeclarationSyntax>().Where(property => property.ExpressionBody != null || property.Initializer != null).Select(property => (property.Identifier.ValueText, property.ExpressionBody?.Expression ?? property.Initializer!.Value)))
            .ToLookup(value => value.Item1, value => value.Item2, StringComparer.Ordinal);
    }

    /// <summary>Every text that a test makes, with the place of the test.</summary>
    public IEnumerable<(string Origin, string Text)> All()
    {
        foreach (var file in files)
            foreach (var test in file.DescendantNodes().OfType<MethodDeclarationSyntax>())
            {
                var attributes = test.AttributeLists.SelectMany(list => list.Attributes).ToList();
                if (!attributes.Any(attribute => attribute.Name.ToString() is "Fact" or "Theory"))
                    continue;
                var rows = attributes.Where(attribute => attribute.Name.ToString() == "InlineData").ToList();
                foreach (var row in rows.DefaultIfEmpty())
                {
                    var texts = new List<string>();
                    var known = Bind(test.ParameterList, row?.ArgumentList?.Arguments.Select(argument => (Value(argument.Expression, Nothing, Depth), argument.NameEquals?.Name.Identifier.ValueText)) ?? []);
                    Explore(test, known, Depth, texts);
                    foreach (var text in texts)
                        yield return ($"{file.SyntaxTree.FilePath}:{((SyntaxNode?)row ?? test).GetLocation().GetLineSpan().StartLinePosition.Line + 1}", text);
                }
            }
    }

    private static Dictionary<string, string?> Nothing => new(StringComparer.Ordinal);

    private void Explore(SyntaxNode code, Dictionary<string, string?> known, int depth, List<string> texts)
    {
        foreach (var node in code.DescendantNodes())
        {
            if (node is LiteralExpressionSyntax or InterpolatedStringExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } && Value((ExpressionSyntax)node, known, depth) is { } made)
                texts.Add(made);
            if (depth > 0 && Called(node) is { } called)
                foreach (var (list, body) in called.Targets)
                {
                    var bound = Bind(list, called.Arguments.Select(argument => (Value(argument.Expression, known, depth), argument.NameColon?.Name.Identifier.ValueText)));
                    Explore(body, bound, depth - 1, texts);
                }
        }
    }

    private (IEnumerable<(ParameterListSyntax List, SyntaxNode Body)> Targets, SeparatedSyntaxList<ArgumentSyntax> Arguments)? Called(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax call => (Near(methods[NameOf(call.Expression)], node).Where(method => Fits(method.ParameterList, call.ArgumentList)).Take(1).Select(method => (method.ParameterList, (SyntaxNode?)method.ExpressionBody ?? method.Body!)).Where(target => target.Item2 != null), call.ArgumentList.Arguments),
        ObjectCreationExpressionSyntax { ArgumentList: { } arguments } creation => (Near(constructors[NameOf(creation.Type)], node).Where(made => Fits(made.ParameterList, arguments)).Take(1).Select(made => (made.ParameterList, (SyntaxNode)made)), arguments.Arguments),
        _ => null,
    };

    private static bool Fits(ParameterListSyntax parameters, ArgumentListSyntax arguments) =>
        arguments.Arguments.Count <= parameters.Parameters.Count || parameters.Parameters.LastOrDefault()?.Modifiers.Any(SyntaxKind.ParamsKeyword) == true;

    // What the same file says comes first.
    private static IEnumerable<T> Near<T>(IEnumerable<T> found, SyntaxNode place)
        where T : SyntaxNode => found.OrderBy(node => node.SyntaxTree != place.SyntaxTree);

    private static string NameOf(ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => "",
    };

    private static Dictionary<string, string?> Bind(ParameterListSyntax parameters, IEnumerable<(string? Value, string? Name)> arguments)
    {
        var known = Nothing;
        foreach (var parameter in parameters.Parameters)
            if (parameter.Default?.Value is LiteralExpressionSyntax { Token.Value: string usual })
                known[parameter.Identifier.ValueText] = usual;
        foreach (var ((value, name), index) in arguments.Select((argument, index) => (argument, index)))
            if (name != null || index < parameters.Parameters.Count)
                known[name ?? parameters.Parameters[index].Identifier.ValueText] = value;
        return known;
    }

    private string? Value(ExpressionSyntax expression, Dictionary<string, string?> known, int depth)
    {
        switch (expression)
        {
            case LiteralExpressionSyntax literal:
                return literal.Token.Value as string ?? (literal.Token.Value is int or bool or char ? literal.Token.ValueText : null);
            case ParenthesizedExpressionSyntax inner:
                return Value(inner.Expression, known, depth);
            case InterpolatedStringExpressionSyntax text:
                var whole = new StringBuilder();
                var isRaw = !text.StringStartToken.IsKind(SyntaxKind.InterpolatedStringStartToken);
                foreach (var part in text.Contents)
                    whole.Append(part is InterpolatedStringTextSyntax written ? isRaw ? written.TextToken.ValueText : written.TextToken.ValueText.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal) : Value(((InterpolationSyntax)part).Expression, known, depth));
                return whole.ToString();
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum:
                return Value(sum.Left, known, depth) is { } left && Value(sum.Right, known, depth) is { } right ? left + right : null;
            case ConditionalExpressionSyntax choice:
                return Value(choice.WhenTrue, known, depth);
            case SimpleNameSyntax or MemberAccessExpressionSyntax when depth > 0:
                var name = NameOf(expression);
                if (expression is SimpleNameSyntax && known.TryGetValue(name, out var value))
                    return value;
                return Near(values[name], expression).FirstOrDefault() is { } said ? Value(said, known, depth - 1) : null;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Replace" } replaced, ArgumentList.Arguments: [var from, var to, ..] } when Value(replaced.Expression, known, depth) is { } subject:
                return Value(from.Expression, known, depth) is { Length: > 0 } old && Value(to.Expression, known, depth) is { } better ? subject.Replace(old, better, StringComparison.Ordinal) : subject;
            case InvocationExpressionSyntax when depth > 0 && Called(expression) is { } called:
                foreach (var (list, body) in called.Targets)
                {
                    var result = body is ArrowExpressionClauseSyntax arrow ? arrow.Expression : body.DescendantNodes().OfType<ReturnStatementSyntax>().FirstOrDefault()?.Expression;
                    return result == null ? null : Value(result, Bind(list, called.Arguments.Select(argument => (Value(argument.Expression, known, depth), argument.NameColon?.Name.Identifier.ValueText))), depth - 1);
                }

                return null;
            default:
                return null;
        }
    }
}
