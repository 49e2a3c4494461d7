using AgentLint.Analysis;
using Microsoft.CodeAnalysis;

namespace AgentLint.Editing;

/// <summary>What a function gives back, seen by somebody who wants to make it asynchronous.</summary>
internal enum ReturnShape
{
    /// <summary>Nothing: it will return a task.</summary>
    Nothing,

    /// <summary>A value: it will return a task of that.</summary>
    Value,

    /// <summary>A task without a value: its type stays.</summary>
    Task,

    /// <summary>A task of a value: its type stays.</summary>
    TaskOfValue,

    /// <summary>A reference, a span, a stream: no asynchronous function can return it so.</summary>
    Other,
}

internal static class ReturnShapes
{
    public static bool IsTask(this ReturnShape shape) => shape is ReturnShape.Task or ReturnShape.TaskOfValue;

    public static ReturnShape Of(IMethodSymbol method) => method switch
    {
        { ReturnsVoid: true } => ReturnShape.Nothing,
        { ReturnsByRef: true } or { ReturnsByRefReadonly: true } => ReturnShape.Other,
        { ReturnType: { IsRefLikeType: true } or IPointerTypeSymbol or IFunctionPointerTypeSymbol or IErrorTypeSymbol } => ReturnShape.Other,
        { ReturnType: INamedTypeSymbol { Name: "IAsyncEnumerable" or "IAsyncEnumerator" } } => ReturnShape.Other,
        { ReturnType: INamedTypeSymbol task } when task.IsTask() => task.Arity == 0 ? ReturnShape.Task : ReturnShape.TaskOfValue,
        _ => ReturnShape.Value,
    };
}
