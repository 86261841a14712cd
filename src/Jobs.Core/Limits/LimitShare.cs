namespace Jobs.Core;

/// <summary>What a process was granted of a limit that a cluster shares; used under the lock of the <see cref="Limiter"/>.</summary>
internal sealed class LimitShare
{
    private const int MostAtOnce = 32;

    /// <summary>How many jobs may run here.</summary>
    internal int Allowance { get; set; }

    /// <summary>How many more jobs may start.</summary>
    internal int Tokens { get; set; }

    /// <summary>
    /// Whether others wait, or may wait, so that what becomes free here is given back before it is used again. True until it is known better.
    /// </summary>
    internal bool IsContended { get; set; } = true;

    /// <summary>When asking again makes sense; null if whoever shares out will say so.</summary>
    internal DateTimeOffset? AskAgainAt { get; set; }

    /// <summary>How much is asked for at a time: more, the faster it is used.</summary>
    internal int Chunk { get; private set; } = 1;

    internal void Grant(LimitGrant grant, int wanted, int held)
    {
        Allowance = grant.Allowance;
        Tokens += grant.Tokens;
        IsContended = grant.IsContended;
        AskAgainAt = grant.AskAgainAt;
        Chunk = wanted > 0 && grant.Allowance - held >= wanted ? Math.Min(MostAtOnce, 2 * Chunk) : 1;
    }
}
