using Jobs.Client;
using Jobs.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Which failed calls are repeated, and when a caller hears that its own process has ended.</summary>
public sealed class ClusterCallsTests : IDisposable
{
    private static readonly JobsClientOptions AtOnce = new() { RepeatDelay = TimeSpan.Zero };

    private readonly ServiceProvider _process;
    private readonly Lifetime _lifetime = new();
    private readonly ClusterCalls _calls;

    public ClusterCallsTests()
    {
        _process = new ServiceCollection().AddSingleton<IHostApplicationLifetime>(_lifetime).BuildServiceProvider();
        _calls = new ClusterCalls(AtOnce, _process);
    }

    [Fact]
    public async Task What_a_silo_cancels_is_asked_again()
    {
        var repeats = new List<bool>();
        var answer = await _calls.AskAsync(Call, "ask", CancellationToken.None).Soon();
        Assert.Equal(7, answer);
        Assert.Equal([false, true, true], repeats);

        Task<int> Call(bool isRepeat)
        {
            repeats.Add(isRepeat);
            return repeats.Count switch
            {
                1 => Task.FromException<int>(new OperationCanceledException()),
                2 => Task.FromException<int>(new SiloUnavailableException()),
                _ => Task.FromResult(7),
            };
        }
    }

    [Fact]
    public async Task What_is_cancelled_in_a_process_that_ends_is_not_asked_again()
    {
        _lifetime.StopApplication();
        await RequireStoppedAtOnceAsync(new OperationCanceledException());
    }

    [Fact]
    public Task A_client_that_is_gone_is_not_asked_again() => RequireStoppedAtOnceAsync(new ObjectDisposedException("client"));

    [Fact]
    public async Task What_the_caller_cancels_is_the_callers()
    {
        using var enough = new CancellationTokenSource();
        var call = _calls.AskAsync(_ => new TaskCompletionSource<int>().Task, "ask", enough.Token);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
    }

    [Fact]
    public async Task What_is_cancelled_for_longer_than_calls_are_repeated_fails_as_it_failed_last()
    {
        var calls = new ClusterCalls(new JobsClientOptions { CallTimeout = TimeSpan.Zero }, _process);
        var last = new OperationCanceledException("the last one");
        Assert.Same(last, await Assert.ThrowsAsync<OperationCanceledException>(
            () => calls.AskAsync(_ => Task.FromException<int>(last), "ask", CancellationToken.None).Soon()));
    }

    public void Dispose()
    {
        _process.Dispose();
        _lifetime.Dispose();
    }

    private async Task RequireStoppedAtOnceAsync(Exception failure)
    {
        var tries = 0;
        var error = await Assert.ThrowsAsync<ServiceStoppedException>(() => _calls.AskAsync(Call, "ask", CancellationToken.None).Soon());
        Assert.Equal(("ask", 1), (error.Action, tries));

        Task<int> Call(bool isRepeat)
        {
            tries++;
            return Task.FromException<int>(failure);
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
