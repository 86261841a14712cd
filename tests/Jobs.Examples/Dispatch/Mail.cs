namespace Jobs.Examples.Dispatch;

/// <summary>A job of the mail room. The type is all that callers know of it.</summary>
public sealed record Mail(string To, string Subject);
