using System.Threading.Channels;

namespace Jobs.Conformance;

/// <summary>A handler that tells of each run, and holds it until the test lets it go on or the job is told to stop.</summary>
public sealed class HeldHandler
{
    private readonly Channel<bool> _permits = Channel.CreateUnbounded<bool>();

    /// <summary>The runs that have started.</summary>
    public Recording<JobContext> Runs { get; } = new();

    /// <summary>Lets so many runs go on.</summary>
    public void Release(int runs = 1)
    {
        for (var i = 0; i < runs; i++) _permits.Writer.TryWrite(true);
    }

    public async Task RunAsync(string payload, JobContext job)
    {
        Runs.Add(job);
        await _permits.Reader.ReadAsync(job.Cancellation);
    }

    /// <summary>Like <see cref="RunAsync"/>, but deaf to the job's token.</summary>
    public async Task RunDeafAsync(string payload, JobContext job)
    {
        Runs.Add(job);
        await _permits.Reader.ReadAsync(CancellationToken.None);
    }
}
