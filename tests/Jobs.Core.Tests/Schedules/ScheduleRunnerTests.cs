using System.Collections.Concurrent;
using System.Threading.Channels;
using Jobs.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Core.Tests.Schedules;

/// <summary>Changes that meet the loop in the middle of an occurrence.</summary>
public sealed class ScheduleRunnerTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    [Theory]
    [InlineData(ScheduleScope.Cluster)]
    [InlineData(ScheduleScope.EveryNode)]
    public async Task A_change_while_an_occurrence_fires_loses_no_occurrence(ScheduleScope scope)
    {
        var clock = new ManualClock();
        var start = clock.GetUtcNow();
        await using var store = new InMemoryJobStore();
        var host = new HeldHost();
        await using var runner = new ScheduleRunner(store, host, clock, new ScheduleOptions { RefreshTime = TimeSpan.FromHours(1) }, NullLogger.Instance);
        var before = SchedulePlan.Create(ScheduleDefinition.Create("s", Work, "x", s => s.Every(Minute).InScope(scope)), start, 1);
        Assert.True(await store.SaveScheduleAsync(before, null, default));
        runner.Notice(before);
        await runner.LookAsync().Soon();

        clock.Advance(Minute);
        await host.Fired.Reaches(1).Soon();
        var changed = SchedulePlan.Change(before, before.Definition.With(s => s.Every(2 * Minute, start)), clock.GetUtcNow()) with { Version = 2 };
        Assert.True(await store.SaveScheduleAsync(changed, 1, default));
        runner.Notice(changed);
        host.Release();
        await runner.LookAsync().Soon();
        clock.Advance(Minute);
        host.Release();
        await host.Fired.Reaches(2).Soon();
        Assert.Equal([start + Minute, start + (2 * Minute)], host.Fired.Items);
    }

    [Fact]
    public async Task Many_nodes_on_one_store_fire_each_occurrence_once_and_count_it_once()
    {
        var clock = new ManualClock();
        var start = clock.GetUtcNow();
        var fired = new ConcurrentDictionary<JobId, ScheduleId>();
        await using var store = new InMemoryJobStore();
        var options = new ScheduleOptions { RefreshTime = TimeSpan.FromHours(1) };
        var runners = Enumerable.Range(0, 4)
            .Select(i => new ScheduleRunner(store, new ListHost($"node-{i}", fired), clock, options, NullLogger.Instance)).ToList();
        for (var i = 0; i < 24; i++)
        {
            var (period, maxRuns) = ((1 + (i % 4)) * Minute, i % 3 == 0 ? 10 : (long?)null);
            var schedule = SchedulePlan.Create(ScheduleDefinition.Create($"s{i}", Work, "x", s => s.Every(period).MaxRuns(maxRuns)), start, 1);
            Assert.True(await store.SaveScheduleAsync(schedule, null, default));
            foreach (var runner in runners) runner.Notice(schedule);
        }

        for (var minute = 0; minute < 60; minute++)
        {
            clock.Advance(Minute);
            await Task.WhenAll(runners.Select(runner => Task.Run(runner.LookAsync))).Soon();
        }

        for (var i = 0; i < 24; i++)
        {
            var expected = Math.Min(60 / (1 + (i % 4)), i % 3 == 0 ? 10 : 60);
            var stored = await store.FindScheduleAsync($"s{i}", default);
            Assert.Equal((expected, expected), (fired.Values.Count(id => id == $"s{i}"), stored!.Runs));
        }

        foreach (var runner in runners) await runner.DisposeAsync();
    }

    /// <summary>A node whose enqueues go where those of all others go; a job that is there is not enqueued again.</summary>
    private sealed class ListHost(string node, ConcurrentDictionary<JobId, ScheduleId> fired) : IScheduleHost
    {
        public string Node => node;

        public bool CanFire(ScheduleOccurrence occurrence, QueueName queue) => true;

        public ValueTask<JobState?> StateOfAsync(JobId id, CancellationToken cancellation) => new(fired.ContainsKey(id) ? JobState.Completed : null);

        public async ValueTask FireAsync(ScheduleDefinition definition, ScheduleOccurrence occurrence, CancellationToken cancellation)
        {
            await Task.Yield();
            fired.TryAdd(occurrence.JobId, definition.Id);
            await Task.Yield();
        }
    }

    private sealed class HeldHost : IScheduleHost
    {
        private readonly Channel<bool> _gate = Channel.CreateUnbounded<bool>();

        internal Recording<DateTimeOffset> Fired { get; } = new();

        public string Node => "node";

        internal void Release() => _gate.Writer.TryWrite(true);

        public bool CanFire(ScheduleOccurrence occurrence, QueueName queue) => true;

        public ValueTask<JobState?> StateOfAsync(JobId id, CancellationToken cancellation) => new((JobState?)null);

        public async ValueTask FireAsync(ScheduleDefinition definition, ScheduleOccurrence occurrence, CancellationToken cancellation)
        {
            Fired.Add(occurrence.Time);
            await _gate.Reader.ReadAsync(cancellation);
        }
    }
}
