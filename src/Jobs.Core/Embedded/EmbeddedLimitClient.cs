namespace Jobs.Core;

/// <summary>Limits of an engine in the same process.</summary>
internal sealed class EmbeddedLimitClient(EmbeddedEngine engine) : ILimitClient
{
    public async ValueTask<RunLimitInfo> SetAsync(RunLimit limit, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(limit);
        var by = engine.RequireKey(nameof(JobRequest.User), JobRequest.User);
        return await Book("set a limit").SetAsync(limit, by, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation = default) =>
        await Book("remove a limit").RemoveAsync(name, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<RunLimitInfo>> ListAsync(CancellationToken cancellation = default) =>
        await Book("list limits").ListAsync(cancellation).ConfigureAwait(false);

    private LimitBook Book(string action)
    {
        engine.RequireRunning(action);
        return new LimitBook(engine.SettingStore, engine.Clock, engine.RefreshSettingsAsync);
    }
}
