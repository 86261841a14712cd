namespace Jobs.Cluster.Tests.Cluster;

/// <summary>
/// Has the silos of a cluster write what they become one after the other. When they do so at the same time, all but one find that the table
/// has changed, and come back after seconds.
/// </summary>
internal sealed class MembershipTurns(SemaphoreSlim turn) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>A silo that failed in its turn keeps no other waiting for longer.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(5);

    private bool _hasTurn;

    public void Participate(ISiloLifecycle lifecycle)
    {
        int[] writes = [ServiceLifecycleStage.RuntimeInitialize + 1, ServiceLifecycleStage.AfterRuntimeGrainServices, ServiceLifecycleStage.BecomeActive];
        foreach (var stage in writes)
        {
            lifecycle.Subscribe(nameof(MembershipTurns), stage - 1, TakeAsync, GiveAsync);
            lifecycle.Subscribe(nameof(MembershipTurns), stage + 1, GiveAsync, TakeAsync);
        }
    }

    private async Task TakeAsync(CancellationToken cancellation) => _hasTurn = await turn.WaitAsync(LongestTurn, cancellation);

    private Task GiveAsync(CancellationToken cancellation)
    {
        if (_hasTurn) turn.Release();
        _hasTurn = false;
        return Task.CompletedTask;
    }
}
