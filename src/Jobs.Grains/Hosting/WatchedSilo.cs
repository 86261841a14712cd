using Orleans.Runtime;

namespace Jobs.Grains.Hosting;

/// <summary>What a silo knows of the one that it watches.</summary>
/// <param name="Silo">The watched silo, or null where there is no other.</param>
/// <param name="HasAnswered">True once it has answered from here: only then does a refused connection say something.</param>
/// <param name="Refusals">How many connections were refused in a row.</param>
internal sealed record WatchedSilo(SiloAddress? Silo, bool HasAnswered, int Refusals)
{
    /// <summary>One may hit a listener that is being replaced.</summary>
    private const int RefusalsOfGone = 2;

    internal static WatchedSilo None { get; } = new(null, false, 0);

    /// <summary>True while it is to be looked at again soon.</summary>
    internal bool IsSuspect => Refusals is > 0 and < RefusalsOfGone;

    /// <summary>True once its process is gone.</summary>
    internal bool IsGone => Refusals >= RefusalsOfGone;

    /// <summary>Goes on with this silo, or begins anew with another one.</summary>
    internal WatchedSilo Follow(SiloAddress? next) => Equals(Silo, next) ? this : None with { Silo = next };

    internal WatchedSilo Answered() => this with { HasAnswered = true, Refusals = 0 };

    internal WatchedSilo Listens() => this with { Refusals = 0 };

    internal WatchedSilo Refused() => HasAnswered ? this with { Refusals = Refusals + 1 } : this;
}
