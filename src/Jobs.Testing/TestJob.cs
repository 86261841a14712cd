namespace Jobs.Testing;

/// <summary>A job as a test queue had it at one moment; it does not change afterwards.</summary>
public class TestJob
{
    private readonly IPayloadCodec _codec;

    internal TestJob(JobSnapshot snapshot, IPayloadCodec codec)
    {
        Snapshot = snapshot;
        _codec = codec;
    }

    /// <summary>Everything that is known of the job.</summary>
    public JobSnapshot Snapshot { get; }

    /// <summary>The job's id.</summary>
    public JobId Id => Snapshot.Id;

    /// <summary>The task's name.</summary>
    public string Task => Snapshot.Task;

    /// <summary>Where the job stands.</summary>
    public JobState State => Snapshot.State;

    /// <summary>The payload.</summary>
    /// <param name="task">The job's task, which says what the payload is.</param>
    /// <exception cref="ArgumentException">The job is one of another task.</exception>
    /// <exception cref="PayloadDecodingException">The bytes are no such payload.</exception>
    public TPayload PayloadOf<TPayload>(TaskDefinition<TPayload> task) =>
        PayloadEncoder.DecodePayload<TPayload>(Own(task), Snapshot, _codec);

    /// <summary>The result.</summary>
    /// <param name="task">The job's task, which says what the result is.</param>
    /// <exception cref="ArgumentException">The job is one of another task.</exception>
    /// <exception cref="InvalidOperationException">The job has no result: it has not run to its end.</exception>
    public TResult ResultOf<TPayload, TResult>(ResultTask<TPayload, TResult> task)
    {
        Own(task);
        if (Snapshot.Result is null) throw new InvalidOperationException($"{this} has no result. Run it first, and see that it completes.");
        return PayloadEncoder.DecodeResult<TResult>(task, Snapshot, _codec);
    }

    /// <summary>The task, the payload as text and the state, as failed assertions show it.</summary>
    public override string ToString() => $"{Task} {TestJobText.Payload(Snapshot)} ({State}{TestJobText.When(Snapshot)})";

    private TaskDefinition Own(TaskDefinition task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.IsKnownAs(Task) ? task : throw new ArgumentException($"The job is one of the task '{Task}', not '{task.Name}'.", nameof(task));
    }
}
