using Jobs.Conformance;

namespace Jobs.Core.Tests.Errors;

/// <summary>One test for each way of getting a lease wrong.</summary>
public sealed class BadLeaseTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    [Fact, Provokes(typeof(LeaseLostException))]
    public async Task An_answer_after_the_answer()
    {
        await using var engine = await StartAsync();
        await engine.Client.EnqueueAsync(Work, "x");
        var lease = Assert.Single(await engine.Client.TakeAsync(Work).Soon());
        await lease.AckAsync();
        var error = await Refusal.Of<LeaseLostException>(() => lease.NackAsync().AsTask(), "extend it while the work goes on");
        Assert.Equal(lease.Token, error.Lease);
    }

    [Fact, Provokes(typeof(NotOfferedException))]
    public void A_client_without_leases()
    {
        var error = Refusal.Of<NotOfferedException>(() => _ = ((IJobClient)new Testing.NoOpJobClient()).Leases, "offers no leases");
        Assert.Equal(("NoOpJobClient", "leases"), (error.Where, error.What));
        Refusal.Of<NotOfferedException>(() => _ = ((IJobClient)new Testing.NoOpJobClient()).Topics, "offers no topics");
    }

    [Fact]
    public async Task A_request_that_makes_no_sense()
    {
        await using var engine = await StartAsync();
        foreach (var (request, remedy) in ((LeaseRequest, string)[])
        [
            (new() { MaxJobs = 0 }, "from 1 to 1000"), (new() { MaxJobs = 1001 }, "from 1 to 1000"),
            (new() { Wait = TimeSpan.FromTicks(-1) }, "zero or a positive"),
            (new() { Length = TimeSpan.Zero }, "at most 7 days"), (new() { Length = TimeSpan.FromDays(8) }, "at most 7 days"),
        ])
        {
            await Refusal.Of<InvalidJobOptionException>(() => engine.Client.TakeAsync(request).AsTask(), remedy);
        }

        await Refusal.Of<LimitExceededException>(() => engine.Client.TakeAsync(request: new() { Consumer = new string('x', 257) }).AsTask(), "Make it smaller");
    }

    [Fact]
    public async Task An_answer_that_makes_no_sense_leaves_the_lease()
    {
        await using var engine = await StartAsync();
        var job = await engine.Client.EnqueueAsync(Work, "x");
        var lease = Assert.Single(await engine.Client.TakeAsync(Work).Soon());
        await Refusal.Of<InvalidJobOptionException>(() => lease.NackAsync(TimeSpan.FromTicks(-1)).AsTask(), "zero or a positive");
        await Refusal.Of<InvalidJobOptionException>(() => lease.ExtendAsync(TimeSpan.Zero).AsTask(), "use a positive time");
        await Assert.ThrowsAsync<ArgumentException>(() => lease.DeadLetterAsync("").AsTask());
        Assert.Equal(JobState.Running, (await job.GetAsync()).State);
        await lease.AckAsync();
    }

    [Theory]
    [InlineData(""), InlineData("x/1"), InlineData("01932c07-9e3a-7c41-8000-0123456789ab"), InlineData("01932c07-9e3a-7c41-8000-0123456789ab/0")]
    [InlineData("01932c07-9e3a-7c41-8000-0123456789ab/-1"), InlineData("01932c07-9e3a-7c41-8000-0123456789ab/99999999999")]
    public void A_text_that_is_no_token(string text)
    {
        Assert.False(LeaseToken.TryParse(text, out _));
        Refusal.Of<FormatException>(() => LeaseToken.Parse(text), "One looks like");
    }

    private static Task<EmbeddedEngine> StartAsync() => EmbeddedJobs.StartAsync(b => b.Accept(Work));
}
