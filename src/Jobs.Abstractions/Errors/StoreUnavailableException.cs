namespace Jobs;

/// <summary>The store cannot be reached; nothing was changed. Outcomes of running jobs are kept and written when it is back.</summary>
public sealed class StoreUnavailableException(string store, Exception cause)
    : JobsException($"The store {store} cannot be reached: {cause?.Message} Nothing was changed; try again when it is back.", cause)
{
    /// <summary>Which store, without its secrets.</summary>
    public string Store { get; } = store;
}
