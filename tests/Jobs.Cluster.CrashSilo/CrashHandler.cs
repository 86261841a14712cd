using System.Globalization;

namespace Jobs.Cluster.CrashSilo;

/// <summary>Tells when a run starts and how it ends.</summary>
internal sealed class CrashHandler(SiloJournal journal, string silo)
{
    private long _runs;

    internal async Task<string> RunAsync(CrashJob payload, JobContext job)
    {
        var id = job.Id.ToString();
        var run = string.Create(CultureInfo.InvariantCulture, $"{payload.Name}/{silo}/{Interlocked.Increment(ref _runs)}");
        journal.Tell("start", id, run);
        try
        {
            if (payload.HoldMilliseconds > 0) await Task.Delay(TimeSpan.FromMilliseconds(payload.HoldMilliseconds), TimeProvider.System, job.Cancellation);
            if (job.Attempt <= payload.Fails) throw new InvalidOperationException($"Attempt {job.Attempt} fails as it should.");
            journal.Tell("end", id, run);
            return run;
        }
        catch
        {
            journal.Tell("quit", id, run);
            throw;
        }
    }
}
