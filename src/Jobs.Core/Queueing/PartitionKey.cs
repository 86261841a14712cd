namespace Jobs.Core;

/// <summary>One partition of a queue.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Number">The partition's number, from 0.</param>
public readonly record struct PartitionKey(QueueName Queue, int Number)
{
    /// <summary>As in <c>emails/0</c>.</summary>
    public override string ToString() => $"{Queue}/{Number}";
}
