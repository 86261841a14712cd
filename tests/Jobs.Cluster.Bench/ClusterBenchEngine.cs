using Jobs.Bench;

namespace Jobs.Cluster.Bench;

/// <summary>A cluster from one round's beginning on.</summary>
internal sealed class ClusterBenchEngine : IBenchEngine
{
    private readonly BenchTasks _tasks;
    private readonly IReadOnlyList<BenchSiloProcess> _silos;
    private readonly ProbeStarts _starts = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _before;
    private long _wanted = long.MaxValue;

    internal ClusterBenchEngine(BenchTasks tasks, IJobClient client, IReadOnlyList<BenchSiloProcess> silos)
    {
        _tasks = tasks;
        _silos = silos;
        Client = client;
        _before = Committed;
        foreach (var silo in silos)
        {
            silo.Progressed += Look;
            silo.Started += _starts.Note;
        }
    }

    public TaskDefinition<Payload> NoOp => _tasks.NoOp;

    public TaskDefinition<Payload> Probe => _tasks.Probe;

    public IJobClient Client { get; }

    private long Committed => _silos.Sum(silo => silo.Completed);

    public Task WhenCommittedAsync(long jobs, CancellationToken stop)
    {
        Volatile.Write(ref _wanted, jobs);
        Look();
        return _reached.Task.WaitAsync(stop);
    }

    public TimeSpan? LastIntake => null;

    public Task<long> NextStart() => _starts.Next();

    public ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            silo.Progressed -= Look;
            silo.Started -= _starts.Note;
        }

        return default;
    }

    private void Look()
    {
        if (Committed - _before >= Volatile.Read(ref _wanted)) _reached.TrySetResult();
    }
}
