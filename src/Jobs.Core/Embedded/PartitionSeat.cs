namespace Jobs.Core;

/// <summary>The place of one partition in this process: served by a runner, or empty while another process owns it or it is opened anew.</summary>
internal sealed class PartitionSeat(PartitionKey key)
{
    private readonly Lock _gate = new();
    private readonly List<(JobRecord Running, JobEvent Happened)> _unwritten = [];
    private PartitionRunner? _runner;

    internal PartitionKey Key { get; } = key;

    internal PartitionRunner? Runner => Volatile.Read(ref _runner);

    /// <summary>The other process that owns the partition, as far as this one knows.</summary>
    internal string? HeldBy { get; set; }

    /// <summary>Up to which job the starts have to be written first, from the runner before.</summary>
    internal long RecoveredSequence { get; private set; }

    /// <summary>When the partition was opened last, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    internal long OpenedAt { get; set; }

    /// <summary>How attempts ended that no runner has written; they are kept while this process may open the partition again.</summary>
    internal IReadOnlyList<(JobRecord Running, JobEvent Happened)> Unwritten
    {
        get
        {
            lock (_gate) return [.. _unwritten];
        }
    }

    /// <summary>Passes the end of an attempt to the runner, or keeps it for the next one.</summary>
    /// <param name="running">The job as it was while it ran.</param>
    /// <param name="happened">How the attempt ended.</param>
    /// <param name="run">The run itself, if it is reported for the first time: one that was left to another ownership says nothing.</param>
    internal void Report(JobRecord running, JobEvent happened, RunningJob? run = null)
    {
        PartitionRunner? runner;
        var transaction = run?.Committing;
        lock (_gate)
        {
            var isLeft = run is { IsLeft: true };
            runner = !isLeft && _runner is { IsServing: true } serving ? serving : null;

            // Without a runner there is no commit, and what the handler wrote is gone; so the attempt has not been.
            if (runner is null && !isLeft) _unwritten.Add((running, transaction is null ? happened : new JobEvent.GivenBack()));
        }

        if (runner is not null) runner.Post(new PartitionMail.Outcome(running.Id, running.Deliveries, happened, transaction));
        else transaction?.Abandon();
    }

    /// <summary>Forgets what was kept: it belongs to another owner's jobs.</summary>
    internal void Forget()
    {
        lock (_gate) _unwritten.Clear();
    }

    /// <summary>Lets a runner serve the partition, and returns what was kept for it.</summary>
    internal IReadOnlyList<PartitionMail> Take(PartitionRunner runner)
    {
        List<(JobRecord Running, JobEvent Happened)> kept;
        lock (_gate)
        {
            Volatile.Write(ref _runner, runner);
            HeldBy = null;
            kept = [.. _unwritten];
            _unwritten.Clear();
        }

        return [.. kept.Select(k => new PartitionMail.Outcome(k.Running.Id, k.Running.Deliveries, k.Happened))];
    }

    /// <summary>Ends the service of a runner; false if another one serves the partition already.</summary>
    internal bool Leave(PartitionRunner runner)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_runner, runner)) return false;
            RecoveredSequence = runner.RecoveredSequence;
            Volatile.Write(ref _runner, null);
            return true;
        }
    }
}
