using Jobs.Conformance;

namespace Jobs.Examples.Queue;

/// <summary>
/// A shop whose work goes through one queue: orders and invoices, alone or many of them in one call, and a report each night. Lower numbers
/// are the more urgent ones here, as in <c>nice</c>.
/// </summary>
public sealed class Shop
{
    public static readonly TaskDefinition<PlaceOrder> Orders = TaskDefinition.For<PlaceOrder>(o => o.UsePreset(RetryPreset.Jobs));

    public static readonly TaskDefinition<SendInvoice> Invoices = TaskDefinition.For<SendInvoice>(o => o.UsePreset(RetryPreset.Jobs));

    public static readonly TaskDefinition<NightlyReport> Reports = TaskDefinition.For<NightlyReport>();

    /// <summary>What was done, in order.</summary>
    public Recording<string> Done { get; } = new();

    /// <summary>What the handlers knew of their jobs.</summary>
    public Recording<JobContext> Seen { get; } = new();

    /// <summary>Whether the till is broken.</summary>
    public bool IsTillBroken { get; set; }

    /// <summary>The queue: how many at a time, in which order, and under which name the worker is known.</summary>
    public void Describe(JobsBuilder jobs)
    {
        jobs.WorkerName = "till-1";
        jobs.CodeVersion = "1.4.0+8c1f2ab";
        jobs.Queue(QueueName.Default, q =>
        {
            q.Concurrency = 1;
            q.Strategy = PollStrategy.PriorityFirst;
        });
        jobs.Handle(Orders, (PlaceOrder order, JobContext job) => Do($"order {order.Article}", job));
        jobs.Handle(Invoices, (SendInvoice invoice, JobContext job) => Do($"invoice {invoice.Number}", job));
        jobs.Handle(Reports, (NightlyReport report, JobContext job) => Do($"report {report.Branch} of {job.ScheduledTime:HH:mm}", job));
    }

    /// <summary>A report of each branch every night, once however many processes there are: at half past three, and at midnight in Berlin.</summary>
    public static void DescribeNights(JobsBuilder jobs)
    {
        jobs.Schedule("nightly-north", Reports, new NightlyReport("north"), s => s.Cron("30 3 * * *"));
        jobs.Schedule("nightly-south", Reports, new NightlyReport("south"), s => s.Cron("@daily", "Europe/Berlin"));
    }

    /// <summary>A sale is one order and its invoices: all of it is enqueued, or nothing.</summary>
    public static ValueTask<IReadOnlyList<JobHandle>> SellAsync(IJobClient jobs, PlaceOrder order, params SendInvoice[] invoices) =>
        jobs.EnqueueBatchAsync(
            [NewJob.Of(Orders, order), .. invoices.Select(invoice => NewJob.Of(Invoices, invoice, o => o.WithPriority(Priority.LowerIsUrgent(-5))))]);

    /// <summary>Not before a time; maybe later, if the shop is busy.</summary>
    public static ValueTask<JobHandle> OrderAtAsync(IJobClient jobs, PlaceOrder order, DateTimeOffset time) =>
        jobs.EnqueueAsync(Orders, order, o => o.At(time).WithPriority(Priority.LowerIsUrgent(short.MaxValue)));

    private Task Do(string what, JobContext job)
    {
        Seen.Add(job);
        if (IsTillBroken) throw new InvalidOperationException("The till is broken.");
        Done.Add(what);
        return Task.CompletedTask;
    }
}
