namespace Jobs;

/// <summary>
/// Sets, changes and removes limits on what runs. A limit is stored: it outlives restarts and holds for every process on the store. Jobs that
/// run go on whatever is changed, and count. Safe for many threads.
/// </summary>
public interface ILimitClient
{
    /// <summary>
    /// Sets a limit; one of the same name is replaced. When this returns, the processes that could be told go by it; the others follow
    /// within seconds (a quarter of <c>OwnerLease</c>).
    /// </summary>
    /// <returns>The limit as it is stored. One that was just so before stays as it is, with its own time.</returns>
    /// <exception cref="InvalidJobOptionException">A value makes no sense, or nothing is limited.</exception>
    /// <exception cref="InvalidNameException">It names a task that cannot be.</exception>
    ValueTask<RunLimitInfo> SetAsync(RunLimit limit, CancellationToken cancellation = default);

    /// <summary>Removes a limit: what waited for it goes on at once, or within seconds in other processes.</summary>
    /// <returns>False if there was none.</returns>
    ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation = default);

    /// <summary>The limits there are, sorted by name.</summary>
    ValueTask<IReadOnlyList<RunLimitInfo>> ListAsync(CancellationToken cancellation = default);
}
