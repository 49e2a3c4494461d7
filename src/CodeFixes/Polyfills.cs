// What the compiler expects of list patterns and netstandard2.0 lacks.
#pragma warning disable IDE0130
namespace System;

internal readonly struct Index(int value, bool fromEnd = false)
{
    public int GetOffset(int length) => fromEnd ? length - value : value;
}
