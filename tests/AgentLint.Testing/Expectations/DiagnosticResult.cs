using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentLint.Testing;

/// <summary>A diagnostic that a test expects. Values are immutable: each <c>With…</c> gives a changed copy.</summary>
/// <remarks>A result without a location stands for a diagnostic that has none.</remarks>
public readonly record struct DiagnosticResult
{
    readonly ImmutableArray<DiagnosticLocation> spans;
    readonly string? message;
    readonly bool anyMessage;

    /// <summary>Expects a diagnostic of which only the id and the severity are known; any message will do.</summary>
    /// <param name="id">The diagnostic's id.</param>
    /// <param name="severity">The severity after all options.</param>
    public DiagnosticResult(string id, DiagnosticSeverity severity)
    {
        Id = id;
        Severity = severity;
    }

    /// <summary>Expects a diagnostic of a rule, with the rule's default severity and its message.</summary>
    /// <param name="descriptor">The rule; where its message has placeholders, <see cref="WithArguments"/> is needed too.</param>
    public DiagnosticResult(DiagnosticDescriptor descriptor)
        : this(descriptor.Id, descriptor.DefaultSeverity)
    {
        MessageFormat = descriptor.MessageFormat;
    }

    /// <summary>The diagnostic's id.</summary>
    public string Id { get; }

    /// <summary>The severity after all options.</summary>
    public DiagnosticSeverity Severity { get; private init; }

    /// <summary>What is not compared.</summary>
    public DiagnosticOptions Options { get; private init; }

    /// <summary>The primary location followed by the additional ones; empty for a diagnostic without location.</summary>
    public ImmutableArray<DiagnosticLocation> Spans
    {
        get => spans.IsDefault ? [] : spans;
        private init => spans = value;
    }

    /// <summary>The text whose placeholders are filled with <see cref="MessageArguments"/>, if known.</summary>
    public LocalizableString? MessageFormat { get; private init; }

    /// <summary>What the placeholders of the message stand for; null when it was not said.</summary>
    public object?[]? MessageArguments { get; private init; }

    /// <summary>The whole message, or null when it can be any or is known only together with the reported rule.</summary>
    public string? Message => this switch
    {
        { anyMessage: true } => null,
        { message: { } whole } => whole,
        { MessageFormat: { } format } => MessageFrom(format),
        _ => null,
    };

    /// <summary>Whether a location is expected.</summary>
    public bool HasLocation => !Spans.IsEmpty;

    /// <summary>Expects an error of the compiler.</summary>
    /// <param name="identifier">The id, for example <c>CS0103</c>.</param>
    /// <returns>The expectation, as yet without location.</returns>
    public static DiagnosticResult CompilerError(string identifier) => new(identifier, DiagnosticSeverity.Error);

    /// <summary>Expects a warning of the compiler.</summary>
    /// <param name="identifier">The id, for example <c>CS0168</c>.</param>
    /// <returns>The expectation, as yet without location.</returns>
    public static DiagnosticResult CompilerWarning(string identifier) => new(identifier, DiagnosticSeverity.Warning);

    /// <summary>Sets the severity after all options.</summary>
    /// <param name="severity">The severity.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithSeverity(DiagnosticSeverity severity) => this with { Severity = severity };

    /// <summary>Sets what the placeholders of the rule's message stand for.</summary>
    /// <param name="arguments">One value for each placeholder.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithArguments(params object?[] arguments) => this with { MessageArguments = arguments };

    /// <summary>Sets the whole message.</summary>
    /// <param name="message">The message; null accepts any that agrees with the arguments, if there are any.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithMessage(string? message) => new(this, message, anyMessage: message is null);

    /// <summary>Sets the text whose placeholders the arguments fill.</summary>
    /// <param name="messageFormat">The text.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithMessageFormat(LocalizableString messageFormat) => this with { MessageFormat = messageFormat };

    /// <summary>Sets what is not compared.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithOptions(DiagnosticOptions options) => this with { Options = options };

    /// <summary>Expects a diagnostic without location.</summary>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithNoLocation() => this with { Spans = [] };

    /// <summary>Adds the span of a marker such as <c>{|#0:…|}</c>: the primary location first, then the additional ones.</summary>
    /// <param name="markupKey">The marker's number.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithLocation(int markupKey) => WithLocation(markupKey, DiagnosticLocationOptions.None);

    /// <summary>Adds the span of a marker such as <c>{|#0:…|}</c>: the primary location first, then the additional ones.</summary>
    /// <param name="markupKey">The marker's number.</param>
    /// <param name="options">How the location is compared.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithLocation(int markupKey, DiagnosticLocationOptions options)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"#{markupKey}");
        return Add(new FileLinePositionSpan(name, default, default), options | DiagnosticLocationOptions.InterpretAsMarkupKey);
    }

    /// <summary>Adds a location of which only the start is compared, in the first source file.</summary>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column, from 1.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithLocation(int line, int column) => WithLocation("", line, column);

    /// <summary>Adds a location of which only the start is compared.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column, from 1.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithLocation(string path, int line, int column)
    {
        var start = new LinePosition(line - 1, column - 1);
        return Add(new FileLinePositionSpan(path, start, start), DiagnosticLocationOptions.IgnoreLength);
    }

    /// <summary>Adds a location in the first source file: the primary one first, then the additional ones.</summary>
    /// <param name="startLine">The first line, from 1.</param>
    /// <param name="startColumn">The first column, from 1.</param>
    /// <param name="endLine">The last line, from 1.</param>
    /// <param name="endColumn">The column after the last, from 1.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithSpan(int startLine, int startColumn, int endLine, int endColumn) =>
        WithSpan("", startLine, startColumn, endLine, endColumn);

    /// <summary>Adds a location: the primary one first, then the additional ones.</summary>
    /// <param name="path">The file.</param>
    /// <param name="startLine">The first line, from 1.</param>
    /// <param name="startColumn">The first column, from 1.</param>
    /// <param name="endLine">The last line, from 1.</param>
    /// <param name="endColumn">The column after the last, from 1.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithSpan(string path, int startLine, int startColumn, int endLine, int endColumn) =>
        WithSpan(new FileLinePositionSpan(path, new(startLine - 1, startColumn - 1), new(endLine - 1, endColumn - 1)));

    /// <summary>Adds a location: the primary one first, then the additional ones.</summary>
    /// <param name="span">The file, and the zero-based start and end.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithSpan(FileLinePositionSpan span) => Add(span, DiagnosticLocationOptions.None);

    /// <summary>Puts locations that name no file into <paramref name="path"/>.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The changed copy.</returns>
    public DiagnosticResult WithDefaultPath(string path) => WithSpans(location =>
        location.Span.Path.Length > 0 ? location : location with { Span = new(path, location.Span.Span) });

    /// <summary>The expectation as the compiler would print the diagnostic.</summary>
    /// <returns>One line.</returns>
    public override string ToString()
    {
        var place = HasLocation ? $"{Spans[0].Span}: " : "";
        return $"{place}{Severity.ToString().ToLowerInvariant()} {Id}: {Message}";
    }

    internal DiagnosticResult WithSpans(Func<DiagnosticLocation, DiagnosticLocation> change) =>
        this with { Spans = [.. Spans.Select(change)] };

    /// <summary>The message that this expectation means when <paramref name="format"/> is the rule's.</summary>
    internal string MessageFrom(LocalizableString format)
    {
        var text = format.ToString(CultureInfo.InvariantCulture);
        try
        {
            return MessageArguments is null ? text : string.Format(CultureInfo.InvariantCulture, text, MessageArguments);
        }
        catch (FormatException)
        {
            return text;
        }
    }

    DiagnosticResult(DiagnosticResult original, string? message, bool anyMessage)
    {
        this = original;
        this.message = message;
        this.anyMessage = anyMessage;
    }

    DiagnosticResult Add(FileLinePositionSpan span, DiagnosticLocationOptions options) =>
        this with { Spans = Spans.Add(new(span, options)) };
}
