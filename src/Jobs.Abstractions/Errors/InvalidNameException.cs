namespace Jobs;

/// <summary>A name is empty, too long or holds a character that names must not have.</summary>
public sealed class InvalidNameException(string kind, string? value, string reason)
    : JobsException($"The {kind} name '{value}' cannot be used: {reason}.")
{
    /// <summary>What was named: <c>task</c>, <c>queue</c>, <c>job</c>, <c>tag</c> …</summary>
    public string Kind { get; } = kind;

    /// <summary>The name that was refused.</summary>
    public string? Value { get; } = value;

    internal string Reason { get; } = reason;
}
