namespace Jobs.Core;

/// <summary>The text that a database keeps of terms, beside them. A copy of the terms takes it along, so it says whose it is.</summary>
/// <remarks>A table of weak references would do too, but each entry costs the garbage collector more than the text is worth.</remarks>
internal struct WrittenTerms : IEquatable<WrittenTerms>
{
    private Text? _text;

    /// <summary>The text of these terms; null if they were not written yet.</summary>
    internal readonly string? Find(JobTerms terms) => _text is { } text && ReferenceEquals(text.Owner, terms) ? text.Value : null;

    /// <summary>Keeps the text of these terms.</summary>
    internal string Keep(JobTerms terms, string text)
    {
        _text = new Text(terms, text);
        return text;
    }

    /// <summary>Terms are equal whether or not they were written.</summary>
    public readonly bool Equals(WrittenTerms other) => true;

    public override readonly bool Equals(object? obj) => obj is WrittenTerms;

    public override readonly int GetHashCode() => 0;

    private sealed class Text(JobTerms owner, string value)
    {
        internal JobTerms Owner { get; } = owner;

        internal string Value { get; } = value;
    }
}
