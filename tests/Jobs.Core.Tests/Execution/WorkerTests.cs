using Jobs.Conformance;
using Jobs.Core.Tests.States;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Core.Tests.Execution;

/// <summary>Slots and the list of running jobs, without an engine around them.</summary>
public sealed class WorkerTests
{
    private static readonly TaskDefinition<string> Limited = TaskDefinition.Create<string>(Sample.Terms.Task, o => o.MaxConcurrency = 1);

    private readonly TaskRegistry _registry = new(DuplicateRegistration.Replace, JsonPayloadCodec.Default);

    [Fact]
    public void A_slot_asked_for_while_the_handler_is_away_is_not_given_back_for_another()
    {
        var limits = new TaskLimits(_registry);
        Add();
        Assert.True(limits.TryTake(Limited.Name));
        _registry.Remove(Limited.Name);
        Assert.True(limits.TryTake(Limited.Name));
        limits.Release(Limited.Name);
        Add();
        Assert.False(limits.TryTake(Limited.Name));
        limits.Release(Limited.Name);
        Assert.True(limits.TryTake(Limited.Name));
    }

    [Fact]
    public async Task A_job_is_among_the_running_ones_until_its_end_is_reported()
    {
        Add();
        using var metrics = new JobsMetrics();
        var environment = new RunEnvironment(
            new ServiceCollection().BuildServiceProvider(), JsonPayloadCodec.Default, JobLimits.Default, new ManualClock(), new Random(1), metrics,
            NullLogger.Instance);
        var runner = new TaskRunner(_registry, [], UnknownTaskPolicy.Reject, environment);
        QueueWorker? worker = null;
        var seen = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        worker = new QueueWorker(
            "w", 1, _registry, new TaskLimits(_registry), UnknownTaskPolicy.Reject, runner, environment,
            (_, _, _) => seen.SetResult(worker!.Running.Count), () => ended.SetResult(worker!.Running.Count), null);
        Assert.Equal(1, worker.ReserveSlots(1));
        worker.Start([new Assignment(Sample.In(JobState.Running))]);
        Assert.Equal(1, await seen.Task.Soon());
        Assert.Equal(0, await ended.Task.Soon());
    }

    private void Add() => _registry.Add(new TaskRegistration(Limited, _ => new(JobOutcome.Done())));
}
