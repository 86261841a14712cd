namespace Jobs.Core;

/// <content>Reaching the store at the start, which may be away (D8).</content>
public sealed partial class EmbeddedEngine
{
    private static readonly TimeSpan FirstStartRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestStartRetry = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _startGivenUp = new();
    private bool _modulesRegistered;

    /// <summary>Modules register once, even if a start failed after that and is tried again.</summary>
    private void RegisterModules()
    {
        if (_modulesRegistered) return;
        foreach (var module in _settings.Modules) module.Register(_settings.Registry);
        _modulesRegistered = true;
    }

    private async ValueTask<bool> RenewAsync(CancellationToken cancellation)
    {
        await Store.RenewAsync(_owner, _settings.OwnerLease, cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Does something with the store, and if that is away and the settings say so, again until it is back.</summary>
    private async ValueTask<T> ReachStoreAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _startGivenUp.Token);
        var pause = FirstStartRetry;
        while (true)
        {
            try
            {
                var answer = await call().ConfigureAwait(false);
                _health.Report(JobsLoop.Start, null, null);
                return answer;
            }
            catch (StoreUnavailableException e)
            {
                _health.Report(JobsLoop.Start, null, e);
                if (!_settings.WaitForStore) throw;
            }

            try
            {
                await Task.Delay(pause, Clock, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new ServiceStoppedException("start");
            }

            pause = pause * 2 < LongestStartRetry ? pause * 2 : LongestStartRetry;
        }
    }
}
