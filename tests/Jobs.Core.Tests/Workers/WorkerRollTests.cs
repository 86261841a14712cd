namespace Jobs.Core.Tests.Workers;

/// <summary>What several processes know of workers, put together.</summary>
public sealed class WorkerRollTests
{
    private static readonly DateTimeOffset Time = new(2030, 5, 6, 7, 8, 9, TimeSpan.Zero);

    [Fact]
    public void What_waits_on_several_partitions_is_one_task_and_the_longest_waiting_comes_first()
    {
        var one = new NodeWorkers { Waiting = [Waits("mail", "a", 2, 5), Waits("mail", "b", 1, 3)] };
        var two = new NodeWorkers { Waiting = [Waits("mail", "a", 3, 1) with { IsAtLeast = true }] };
        Assert.Equal([Waits("mail", "a", 5, 1) with { IsAtLeast = true }, Waits("mail", "b", 1, 3)], WorkerRoll.Unhandled([one, two]));
    }

    [Fact]
    public void What_another_process_handles_is_not_unhandled_unless_it_stops_or_keeps_to_itself()
    {
        var here = new NodeWorkers { Waiting = [Waits("mail", "a", 1, 0)] };
        var other = new NodeWorkers { Own = Worker("other") with { Queues = [new("mail", 1, 0)] }, TasksForOthers = ["a"] };
        Assert.Empty(WorkerRoll.Unhandled([here, other]));
        Assert.Single(WorkerRoll.Unhandled([here, other with { Own = other.Own with { IsDraining = true } }]));
        Assert.Single(WorkerRoll.Unhandled([here, other with { TasksForOthers = [] }]));
        Assert.Single(WorkerRoll.Unhandled([here, other with { Own = Worker("other") with { Queues = [new("files", 1, 0)] } }]));
        Assert.Single(WorkerRoll.Unhandled([here, other with { Own = Worker("other") with { Queues = [new("mail", 0, 1)] } }]));
    }

    [Fact]
    public void A_process_that_serves_any_queue_handles_its_tasks_on_those_it_has_not_met()
    {
        var here = new NodeWorkers { Waiting = [Waits("mail", "a", 1, 0)] };
        var other = new NodeWorkers { Own = Worker("other"), TasksForOthers = ["a"], Resting = [] };
        Assert.Empty(WorkerRoll.Unhandled([here, other]));
        Assert.Single(WorkerRoll.Unhandled([here, other with { Resting = ["mail"] }]));
        Assert.Single(WorkerRoll.Unhandled([here, other with { Resting = null }]));
    }

    [Fact]
    public void A_worker_outside_is_one_however_many_partitions_it_reports_to()
    {
        var outside = Worker("out") with { Place = WorkerPlace.Outside, Tasks = ["a"] };
        var one = new NodeWorkers
        {
            Own = Worker("silo"),
            Outside = [outside with { Queues = [new("mail", 4, 1)] }, outside with { Queues = [new("files", 2, 0)], LastSeenAt = Time }],
        };
        var two = new NodeWorkers
        {
            Outside = [outside with { Queues = [new("mail", 4, 2)] }],
            Waiting = [Waits("mail", "a", 1, 0), Waits("other", "a", 1, 0)],
        };
        var workers = WorkerRoll.Workers([one, two]);
        Assert.Equal(["out", "silo"], workers.Select(w => w.Name));
        Assert.Equal([new("files", 2, 0), new("mail", 4, 3)], workers[0].Queues);
        Assert.Equal((3, Time), (workers[0].RunningJobs, workers[0].LastSeenAt));
        Assert.Equal([Waits("other", "a", 1, 0)], WorkerRoll.Unhandled([one, two]));
    }

    private static WorkerInfo Worker(string name) => new() { Id = name, Name = name, Place = WorkerPlace.Silo, Tasks = ["a"] };

    private static UnhandledTask Waits(string queue, string task, int jobs, int since) =>
        new() { Queue = queue, Task = task, WaitingJobs = jobs, WaitingSince = Time + TimeSpan.FromSeconds(since) };
}
