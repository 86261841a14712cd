using System.Buffers.Binary;
using System.Globalization;
using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>
/// Very many delayed jobs, spread over a virtual day: they run in the order of their times, none early, and the partition keeps a window of
/// them in memory. JOBS_TEST_DELAYED_JOBS says how many.
/// </summary>
public sealed class DelayedJobsTests
{
    private const int DefaultJobs = 1_000_000;
    private const int BatchJobs = 10_000;

    private static readonly TaskDefinition<ReadOnlyMemory<byte>> Work = TaskDefinition.Raw("work", o => o.Retention = RetentionPolicy.None);
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    /// <summary>A million jobs take a slow or busy machine minutes; this only ends a test that hangs.</summary>
    private static readonly TimeSpan Safety = TimeSpan.FromMinutes(20);

    private readonly ManualClock _clock = new();
    private readonly List<string> _wrong = [];
    private (long Due, int Number) _last = (long.MinValue, 0);
    private int _ran;
    private int _target = -1;
    private TaskCompletionSource _reached = new();

    [Fact]
    public async Task Delayed_jobs_run_in_order_and_none_early_and_memory_is_bounded()
    {
        var jobs = int.Parse(Environment.GetEnvironmentVariable("JOBS_TEST_DELAYED_JOBS") ?? $"{DefaultJobs}", CultureInfo.InvariantCulture);
        var random = new Random(int.Parse(Environment.GetEnvironmentVariable("JOBS_TEST_SEED") ?? "7", CultureInfo.InvariantCulture));
        await using var engine = await EmbeddedJobs.StartAsync(b =>
        {
            b.Clock = _clock;
            b.DrainTime = b.StopTime = TimeSpan.Zero;
            b.Queue(QueueName.Default, q => q.Concurrency = 1);
            b.Handle(Work, (bytes, _) => Run(bytes.Span));
        });
        var start = _clock.GetUtcNow();
        var dues = await EnqueueAsync(engine.Client, jobs, start, random);
        Array.Sort(dues);
        var partition = engine.FindQueue(QueueName.Default)!.Find(0)!;
        var most = 0;
        for (var due = 0; _ran < jobs;)
        {
            var until = _clock.GetUtcNow() + Step - start;
            while (due < jobs && dues[due] <= until.TotalMilliseconds) due++;
            await AdvanceAsync(due);
            most = Math.Max(most, partition.WindowJobs);
        }

        Assert.Empty(_wrong);
        Assert.Equal(jobs, _ran);
        var limits = PartitionLimits.Default;
        Assert.InRange(most, 1, 2 * (limits.WindowDueJobs + limits.WindowReadyJobs));
    }

    private static async Task<long[]> EnqueueAsync(IJobClient client, int jobs, DateTimeOffset start, Random random)
    {
        var dues = new long[jobs];
        for (var done = 0; done < jobs; done += BatchJobs)
        {
            var batch = new List<NewJob>();
            for (var number = done; number < Math.Min(jobs, done + BatchJobs); number++)
            {
                var due = dues[number] = random.NextInt64(1, 86_400_000);
                var bytes = new byte[12];
                BinaryPrimitives.WriteInt64LittleEndian(bytes, start.AddMilliseconds(due).UtcTicks);
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), number);
                batch.Add(NewJob.Of(Work, bytes, o => o.At(start.AddMilliseconds(due))));
            }

            await client.EnqueueBatchAsync(batch).AsTask().WaitAsync(Safety);
        }

        return dues;
    }

    /// <summary>Handlers run one at a time, so nothing here needs a lock but what the test looks at.</summary>
    private Task Run(ReadOnlySpan<byte> bytes)
    {
        var (due, number) = (BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]));
        if (_wrong.Count < 10)
        {
            if (_clock.GetUtcNow().UtcTicks < due) _wrong.Add($"job {number} is early");
            if ((due, number).CompareTo(_last) <= 0) _wrong.Add($"job {number} is out of order");
        }

        _last = (due, number);
        if (Interlocked.Increment(ref _ran) == Volatile.Read(ref _target)) _reached.TrySetResult();
        return Task.CompletedTask;
    }

    private async Task AdvanceAsync(int target)
    {
        _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _target, target);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _ran) >= target) _reached.TrySetResult();
        await _clock.AdvanceUntilAsync(Step, _reached.Task, Safety);
    }
}
