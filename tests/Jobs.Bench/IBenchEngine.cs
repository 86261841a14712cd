namespace Jobs.Bench;

/// <summary>A service under test, with a task that does nothing and is counted, and one that tells when it starts.</summary>
internal interface IBenchEngine : IAsyncDisposable
{
    /// <summary>The task that does nothing; its jobs are kept as long as the options say.</summary>
    TaskDefinition<Payload> NoOp { get; }

    /// <summary>The task whose handler tells when it starts.</summary>
    TaskDefinition<Payload> Probe { get; }

    IJobClient Client { get; }

    /// <summary>Completes when so many completions are committed; counting is the store's, not the handler's.</summary>
    Task WhenCommittedAsync(long jobs, CancellationToken stop);

    /// <summary>How long the store took for the last commit with a new job in it; null if that is not known here.</summary>
    TimeSpan? LastIntake { get; }

    /// <summary>The timestamp of the first line of the next probe's handler.</summary>
    Task<long> NextStart();
}
