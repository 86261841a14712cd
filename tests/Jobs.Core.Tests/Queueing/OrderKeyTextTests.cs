namespace Jobs.Core.Tests.Queueing;

public sealed class OrderKeyTextTests
{
    [Fact]
    public void A_key_and_a_request_have_a_text_that_ends()
    {
        var request = new PageRequest(
            new PartitionKey("q", 0), PageKind.Due, "", new OrderKey(1, 2, 3), 10, PollStrategy.Fifo, DateTimeOffset.UnixEpoch);

        Assert.Equal("1/2/3", request.From.ToString());
        Assert.Contains("From = 1/2/3,", request.ToString(), StringComparison.Ordinal);
    }
}
