namespace Jobs;

/// <summary>Every bound on what one job or one call may bring; over a bound nothing is stored and <see cref="LimitExceededException"/> says so.</summary>
public sealed record JobLimits
{
    /// <summary>The limits of a service that says nothing.</summary>
    public static JobLimits Default { get; } = new();

    /// <summary>Encoded payload of a job; default 256 KiB.</summary>
    public int MaxPayloadBytes { get; init; } = 256 * 1024;

    /// <summary>Encoded result of a job; default 256 KiB. A larger one fails the attempt.</summary>
    public int MaxResultBytes { get; init; } = 256 * 1024;

    /// <summary>All header names and values of a job together; default 8,192 characters.</summary>
    public int MaxHeadersChars { get; init; } = 8192;

    /// <summary>Tags of a job; default 16.</summary>
    public int MaxTagsCount { get; init; } = 16;

    /// <summary>One tag; default 64 characters.</summary>
    public int MaxTagChars { get; init; } = 64;

    /// <summary>A unique key, a group key, a limit key or a request id; default 256 characters.</summary>
    public int MaxKeyChars { get; init; } = 256;

    /// <summary>Jobs of one batch call; default 10,000.</summary>
    public int MaxBatchJobs { get; init; } = 10_000;

    /// <summary>Payloads of one batch call together; default 64 MiB.</summary>
    public long MaxBatchBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>An error's message; default 4,096 characters. Longer ones are cut.</summary>
    public int MaxErrorChars { get; init; } = 4096;

    /// <summary>An error's stack trace; default 4,096 characters. Longer ones are cut.</summary>
    public int MaxStackChars { get; init; } = 4096;

    /// <summary>Errors kept of a job, the latest ones; default 20.</summary>
    public int MaxErrorsCount { get; init; } = 20;

    /// <summary>Log lines kept of an attempt; default 200. Further ones are counted, not kept.</summary>
    public int MaxLogLinesCount { get; init; } = 200;

    /// <summary>One log line, or the text of the progress; default 1,024 characters. Longer ones are cut.</summary>
    public int MaxLogLineChars { get; init; } = 1024;

    /// <summary>How far ahead a job may be due; default 36,525 days, a hundred years.</summary>
    public int MaxDelayDays { get; init; } = 36_525;
}
