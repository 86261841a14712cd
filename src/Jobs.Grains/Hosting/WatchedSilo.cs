using Orleans.Runtime;

namespace Jobs.Grains.Hosting;

/// <summary>What a silo knows of one that it watches.</summary>
/// <param name="Silo">The watched silo.</param>
internal sealed record WatchedSilo(SiloAddress Silo)
{
    /// <summary>One may hit a listener that is being replaced.</summary>
    private const int RefusalsOfGone = 2;

    /// <summary>True once it has answered from here: only then does a refused connection say something.</summary>
    internal bool HasAnswered { get; private init; }

    /// <summary>How many connections were refused in a row.</summary>
    private int Refusals { get; init; }

    /// <summary>True while it is to be looked at again soon.</summary>
    internal bool IsSuspect => Refusals is > 0 and < RefusalsOfGone;

    /// <summary>True once its process is gone.</summary>
    internal bool IsGone => Refusals >= RefusalsOfGone;

    /// <summary>It has answered.</summary>
    internal WatchedSilo Answered() => this with { HasAnswered = true, Refusals = 0 };

    /// <summary>It does not answer, but is not known to be gone.</summary>
    internal WatchedSilo Silent() => this with { Refusals = 0 };

    /// <summary>The machine says that nobody listens there.</summary>
    internal WatchedSilo Refused() => HasAnswered ? this with { Refusals = Refusals + 1 } : this;
}
