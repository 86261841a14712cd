namespace Jobs;

/// <summary>Bounds of one action on many jobs.</summary>
public sealed record BulkOptions
{
    /// <summary>The bounds of a call that says nothing.</summary>
    public static BulkOptions Default { get; } = new();

    /// <summary>How many jobs the call looks at before it stops with a result that is not complete; default 1,000,000.</summary>
    public long MaxJobs { get; init; } = 1_000_000;

    /// <summary>How many jobs fail before the call stops with a result that is not complete; default 100.</summary>
    public int MaxFailures { get; init; } = 100;

    /// <summary>How many jobs are changed at a time; default 256, from 1 to <see cref="JobQuery.MaxPageJobs"/>. Changes at a time share commits.</summary>
    public int Parallelism { get; init; } = 256;

    /// <summary>Where to go on: the <see cref="BulkResult.Last"/> of a call before; null starts with the oldest job.</summary>
    public JobId? After { get; init; }

    internal BulkOptions Checked()
    {
        Require(MaxJobs >= 1, nameof(MaxJobs), MaxJobs, "use a positive number");
        Require(MaxFailures >= 1, nameof(MaxFailures), MaxFailures, "use a positive number");
        Require(Parallelism is >= 1 and <= JobQuery.MaxPageJobs, nameof(Parallelism), Parallelism, $"use a number from 1 to {JobQuery.MaxPageJobs}");
        return this;
    }

    private static void Require(bool holds, string option, object value, string remedy)
    {
        if (!holds) throw new InvalidJobOptionException(option, value, remedy);
    }
}
