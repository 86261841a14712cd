using Jobs.Conformance;
using Jobs.Examples.Queue;
using Jobs.Testing;

namespace Jobs.Examples.Tests;

/// <summary>Seed 003: code that enqueues is tested with a queue that runs nothing by itself, or with one that does nothing at all.</summary>
public sealed class TestQueueExampleTests
{
    private readonly Shop _shop = new();

    [Fact]
    public async Task What_was_enqueued_is_asserted_and_run_when_the_test_says_so()
    {
        await using var jobs = new TestJobs(fail: message => Assert.Fail(message), configure: _shop.Describe);
        jobs.Empty();

        await Shop.SellAsync(jobs, new PlaceOrder("cups", 6), new SendInvoice(1), new SendInvoice(2)).Soon();

        jobs.Total(3);
        jobs.Contains(Shop.Invoices, invoice => invoice.Number == 2);
        jobs.DoesNotContain(Shop.Reports);
        Assert.Equal("Jobs.Examples.Queue.PlaceOrder", jobs.First!.Task);
        Assert.Null(jobs.NthOf(Shop.Orders, 2));
        Assert.Empty(_shop.Done.Items);
        Assert.Equal(3, (await jobs.DrainAsync().Soon()).Completed);
        Assert.Equal(["invoice 1", "invoice 2", "order cups"], _shop.Done.Items);
    }

    [Fact]
    public async Task A_queue_that_does_nothing_accepts_everything()
    {
        var handles = await Shop.SellAsync(new NoOpJobClient(), new PlaceOrder("cups", 6), new SendInvoice(1)).Soon();
        Assert.Equal(2, handles.Count);
    }
}
