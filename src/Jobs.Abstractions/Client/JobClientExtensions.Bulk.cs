namespace Jobs;

/// <summary>Actions on many jobs.</summary>
public static partial class JobClientExtensions
{
    /// <summary>
    /// Does something to every job that a filter matches, page by page, from the oldest on; jobs that are enqueued meanwhile are left out.
    /// The first page is changed while the last one is still unread: nothing is locked, and the whole is not atomic.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="filter">Which jobs.</param>
    /// <param name="action">What; it can be done again without harm, so the call can be repeated after a crash.</param>
    /// <param name="options">Bounds, and where to go on; default <see cref="BulkOptions.Default"/>.</param>
    /// <param name="progress">Told after each page of at most 1,000 jobs, in order.</param>
    /// <param name="cancellation">Ends the call between two jobs; what is done stays done, and the progress told says how far it came.</param>
    /// <exception cref="InvalidJobOptionException">An option makes no sense.</exception>
    /// <exception cref="ServiceStoppedException">The service is not running.</exception>
    public static async Task<BulkResult> ApplyToAllAsync(
        this IJobClient client, JobFilter filter, JobAction action, BulkOptions? options = null, IProgress<BulkResult>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(action);
        var run = new BulkRun(client, filter, action, (options ?? BulkOptions.Default).Checked());
        while (await run.NextPageAsync(cancellation).ConfigureAwait(false)) progress?.Report(run.Result);
        return run.Result;
    }
}
