namespace Jobs;

/// <summary>A payload or a result cannot be turned into bytes; nothing was stored.</summary>
public sealed class PayloadEncodingException(string task, Type type, int? index, Exception cause)
    : JobsException($"A value of {type} for the task '{task}'{(index is { } i ? $" (number {i} of the batch, from 0)" : "")} cannot be encoded: "
        + $"{cause?.Message} {(cause is ArgumentNullException ? "Pass a value." : Remedy)}", cause)
{
    private const string Remedy = "Make the type serializable by the task's codec, or give the task another codec.";

    /// <summary>The task's name.</summary>
    public string Task { get; } = task;

    /// <summary>The type of the value.</summary>
    public Type Type { get; } = type;

    /// <summary>The position in the batch, from 0; null outside a batch.</summary>
    public int? Index { get; } = index;
}
