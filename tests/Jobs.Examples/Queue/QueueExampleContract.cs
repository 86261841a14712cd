using System.Diagnostics;
using Jobs.Conformance;

namespace Jobs.Examples.Queue;

/// <summary>Seed 003: one queue for jobs of all kinds, priorities, cron, and what is known about a job.</summary>
public abstract class QueueExampleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly Shop _shop = new();

    [Fact]
    public async Task Orders_of_all_kinds_go_to_one_queue()
    {
        // A process that only enqueues; the shop opens afterwards.
        if (!Capabilities.KeepsJobsOverRestart) return;
        var office = await StartAsync(b =>
        {
            _shop.Describe(b);
            b.RunsJobs = false;
        });
        var later = await Shop.OrderAtAsync(office.Client, new PlaceOrder("tea", 1), Now + Minute).Soon();
        var sale = await Shop.SellAsync(office.Client, new PlaceOrder("cups", 6), new SendInvoice(1), new SendInvoice(2)).Soon();
        Assert.Equal(3, sale.Select(job => job.Id).Distinct().Count());
        await office.StopAsync().Soon();

        var jobs = await StartClientAsync(_shop.Describe);
        foreach (var job in sale) Assert.Equal(QueueName.Default, (await EndOf(jobs.Handle(job.Id))).Queue);
        Assert.Equal(["invoice 1", "invoice 2", "order cups"], _shop.Done.Items);
        Assert.Equal((JobState.Scheduled, -short.MaxValue), await jobs.GetAsync(later.Id).Soon() is var tea ? (tea.State, tea.Priority.Urgency) : default);
        await AdvanceUntil(Minute, EndOf(jobs.Handle(later.Id)));
        Assert.Equal("order tea", _shop.Done.Items[3]);
    }

    [Fact]
    public async Task What_fails_is_tried_again_without_end()
    {
        var jobs = await StartClientAsync(_shop.Describe);
        _shop.IsTillBroken = true;
        var order = await jobs.EnqueueAsync(Shop.Orders, new PlaceOrder("tea", 1)).Soon();
        double[] seconds = [1.6, 2.56, 4.096];
        for (var failures = 1; failures <= seconds.Length; failures++)
        {
            await Waits(order);
            var waiting = await order.GetAsync().Soon();
            Assert.Equal((JobState.Retrying, failures, JobOptions.UnlimitedAttempts), (waiting.State, waiting.Failures, waiting.MaxAttempts));
            Assert.InRange((waiting.RunAt - waiting.LastError!.At) / Second, 0.8 * seconds[failures - 1], (1.2 * seconds[failures - 1]) + 0.001);
            _shop.IsTillBroken = failures < seconds.Length;
            await AdvanceUntil(waiting.RunAt - Now, _shop.Seen.Reaches(failures + 1));
        }

        Assert.Equal((JobState.Completed, 3, 4), await EndOf(order) is var done ? (done.State, done.Errors.Count, done.Attempt) : default);
    }

    [Fact]
    public async Task A_handler_knows_its_job_and_whom_it_is_for()
    {
        var jobs = await StartClientAsync(_shop.Describe);
        using var click = new Activity("click").SetIdFormat(ActivityIdFormat.W3C).Start();
        JobRequest.User = "customer-7";
        var order = await jobs.EnqueueAsync(Shop.Orders, new PlaceOrder("tea", 1), o => o.WithHeader("till", "2")).Soon();
        JobRequest.User = null;
        click.Stop();
        var stored = await EndOf(order);

        var job = Assert.Single(_shop.Seen.Items);
        Assert.Equal((order.Id, "customer-7", "till-1", "2", 1), (job.Id, job.User, job.Worker, job.Headers["till"], job.Attempt));
        Assert.Equal((typeof(PlaceOrder).FullName, new PlaceOrder("tea", 1)), (stored.Task, jobs.PayloadOf(Shop.Orders, stored)));
        Assert.Equal("{\"article\":\"tea\",\"pieces\":1}", System.Text.Encoding.UTF8.GetString(stored.Payload.Span));
        Assert.Equal(click.TraceId, ActivityContext.Parse(stored.TraceParent!, stored.TraceState).TraceId);
        Assert.Equal(("1.4.0+8c1f2ab", "1.4.0+8c1f2ab", "customer-7"), (stored.EnqueuedCodeVersion, stored.RanCodeVersion, stored.User));
        var nobodys = await EndOf(await jobs.EnqueueAsync(Shop.Invoices, new SendInvoice(1)).Soon());
        Assert.Equal(("shop.send-invoice", null), (nobodys.Task, nobodys.User));
    }

    [Fact]
    public async Task Wrong_use_is_told_by_typed_errors()
    {
        var engine = await StartAsync(_shop.Describe);
        var jobs = engine.Client;
        Assert.Throws<DuplicateTaskException>(() => engine.Registry.Handle(Shop.Orders, (PlaceOrder _, JobContext _) => Task.CompletedTask));
        Assert.Throws<HandlerMismatchException>(() => engine.Registry.Handle(TaskDefinition.Create<string>("text"), (Delegate)((string _) => 17)));
        Assert.Throws<InvalidNameException>(() => TaskDefinition.Create<string>(""));
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => jobs.EnqueueAsync(TaskDefinition.Create<string>("text"), "x").Soon());
        await Assert.ThrowsAsync<PayloadEncodingException>(() => jobs.EnqueueAsync(Shop.Orders, null!).Soon());
        await Assert.ThrowsAsync<InvalidJobOptionException>(() => jobs.EnqueueAsync(Shop.Orders, new PlaceOrder("tea", 1), o => o.GroupKey = "").Soon());
        Assert.Equal(new JobCounts(), await jobs.CountAsync().Soon());
    }
}
