using Jobs.Conformance;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Jobs.Cluster.Tests.Postgres;

/// <inheritdoc cref="IProbe"/>
[Reentrant]
internal sealed class ProbeGrain([PersistentState("probe")] IPersistentState<ProbeState> state) : Grain, IProbe, IRemindable
{
    private readonly TaskCompletionSource _reminded = new();

    public async Task KeepAsync(int number)
    {
        state.State.Number = number;
        await state.WriteStateAsync();
        DeactivateOnIdle();
    }

    public Task<int> ReadAsync() => Task.FromResult(state.State.Number);

    public async Task ClearAsync()
    {
        await state.ClearStateAsync();
        DeactivateOnIdle();
    }

    public async Task WaitForReminderAsync()
    {
        // A due time of zero is over when it is stored, and the first tick is then a whole period away.
        var reminder = await this.RegisterOrUpdateReminder("probe", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        await _reminded.Task.Soon();
        await this.UnregisterReminder(reminder);
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _reminded.TrySetResult();
        return Task.CompletedTask;
    }
}
