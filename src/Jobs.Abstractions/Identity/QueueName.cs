namespace Jobs;

/// <summary>The name of a queue: 1 to 64 ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>.</summary>
public readonly record struct QueueName
{
    /// <summary>The name of the queue that a job goes to when nothing else is said: <c>default</c>.</summary>
    public const string DefaultName = "default";

    private readonly string? _value;
    private readonly uint _hash;

    /// <summary>Checks the name and takes it.</summary>
    /// <exception cref="InvalidNameException">The name is null, empty, too long, or holds another character.</exception>
    public QueueName(string value)
    {
        _value = NameRules.Require(value, "queue", NameRules.MaxQueueNameChars);
        _hash = HashOf(_value);
    }

    /// <summary>The queue that a job goes to when nothing else is said.</summary>
    public static QueueName Default { get; } = new(DefaultName);

    /// <summary>The name as text.</summary>
    public string Value => _value ?? DefaultName;

    /// <summary>A 24-bit FNV-1a hash of the name, which every job id of this queue carries.</summary>
    public uint Hash => _value is null ? Default._hash : _hash;

    /// <summary>Checks the name and takes it.</summary>
    public static QueueName FromString(string value) => new(value);

    /// <summary>Checks the name and takes it.</summary>
    public static implicit operator QueueName(string value) => new(value);

    /// <summary>Compares by name.</summary>
    public bool Equals(QueueName other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Hash;

    /// <summary>The name.</summary>
    public override string ToString() => Value;

    private static uint HashOf(string value)
    {
        var hash = 2166136261u;
        foreach (var c in value) hash = (hash ^ c) * 16777619u;
        return (hash >> 24) ^ (hash & 0xFFFFFFu);
    }
}
