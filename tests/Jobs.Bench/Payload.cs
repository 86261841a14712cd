namespace Jobs.Bench;

/// <summary>The payload that every measured system carries.</summary>
internal sealed record Payload(string To, string Subject, int I)
{
    internal static Payload Number(int i) => new("x@y.com", "hello world", i);
}
