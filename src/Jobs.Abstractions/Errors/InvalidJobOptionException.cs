namespace Jobs;

/// <summary>An option of a task, a job or a queue has a value that makes no sense.</summary>
public sealed class InvalidJobOptionException(string option, object? value, string remedy)
    : JobsException($"The option {option} cannot be {value ?? "null"}: {remedy}.")
{
    /// <summary>The option's name.</summary>
    public string Option { get; } = option;

    /// <summary>The value that was refused.</summary>
    public object? Value { get; } = value;

    internal string Remedy { get; } = remedy;
}
