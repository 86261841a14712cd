using Orleans;

namespace Jobs.Grains.Limits;

/// <summary>One limit, by its name: shares it out among the silos.</summary>
[Alias("jobs.ILimit")]
internal interface ILimit : IGrainWithStringKey
{
    /// <summary>Answers what a silo has and wants.</summary>
    /// <returns>What it may use from now on; null if nothing can be said now: ask again soon.</returns>
    [Alias("Exchange")]
    Task<LimitGrantMessage[]?> ExchangeAsync(LimitReport report);
}
