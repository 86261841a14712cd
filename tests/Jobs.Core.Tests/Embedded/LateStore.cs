namespace Jobs.Core.Tests.Embedded;

/// <summary>A store that answers late and on other threads, as a database does, and now and then fails before anything is committed.</summary>
internal sealed class LateStore(IJobStore inner, int seed) : StoreDecorator(inner)
{
    private readonly Random _random = new(seed);
    private volatile bool _calm;

    /// <summary>No commit fails from now on.</summary>
    internal void Calm() => _calm = true;

    public override async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        await LateAsync().ConfigureAwait(false);
        if (!_calm && Draw(40) == 0) throw new IOException("The store is away.");
        var verdicts = await base.CommitAsync(units, cancellation).ConfigureAwait(false);
        await LateAsync().ConfigureAwait(false);
        return verdicts;
    }

    public override async ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation)
    {
        await LateAsync().ConfigureAwait(false);
        if (!_calm && Draw(40) == 0) throw new IOException("The store is away.");
        var page = await base.LoadAsync(request, cancellation).ConfigureAwait(false);
        await LateAsync().ConfigureAwait(false);
        return page;
    }

    public override async ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation)
    {
        await LateAsync().ConfigureAwait(false);
        var job = await base.FindAsync(id, cancellation).ConfigureAwait(false);
        await LateAsync().ConfigureAwait(false);
        return job;
    }

    private async Task LateAsync()
    {
        for (var i = Draw(6); i > 0; i--) await Task.Yield();
    }

    private int Draw(int below)
    {
        lock (_random) return _random.Next(below);
    }
}
