namespace Jobs.Core;

/// <summary>Pauses of an engine in the same process.</summary>
internal sealed class EmbeddedPauseClient(EmbeddedEngine engine) : IPauseClient
{
    public async ValueTask<Pause> PauseAsync(PauseTarget target, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var book = Book("pause");
        var by = engine.RequireKey(nameof(JobRequest.User), JobRequest.User);
        return await book.PauseAsync(target, engine.RequireKey(nameof(reason), reason), by, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<bool> ResumeAsync(PauseTarget target, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return await Book("resume").ResumeAsync(target, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<Pause>> ListAsync(CancellationToken cancellation = default) =>
        await Book("list pauses").ListAsync(cancellation).ConfigureAwait(false);

    private PauseBook Book(string action)
    {
        engine.RequireRunning(action);
        return new PauseBook(engine.SettingStore, engine.Clock, engine.RefreshSettingsAsync);
    }
}
