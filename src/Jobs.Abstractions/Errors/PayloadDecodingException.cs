namespace Jobs;

/// <summary>Stored bytes cannot be read as the type that the task expects.</summary>
public sealed class PayloadDecodingException(string task, Type type, Exception? cause)
    : JobsException($"The stored bytes of a job of '{task}' cannot be read as {type}: {cause?.Message ?? "they hold null"}. "
        + "Keep the type able to read what older versions wrote, or give the changed task a new name.", cause)
{
    /// <summary>The task's name.</summary>
    public string Task { get; } = task;

    /// <summary>The type that was expected.</summary>
    public Type Type { get; } = type;
}
