namespace Jobs.Core.Tests.Limits;

public sealed class TokenBucketTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_gives_exactly_its_rate_also_where_a_token_takes_no_whole_number_of_ticks()
    {
        var rate = new RunRate(7, TimeSpan.FromSeconds(1)) { Burst = 1 };
        var bucket = TokenBucket.Full(rate, Start);
        var taken = 0;
        for (var now = Start; now < Start + TimeSpan.FromSeconds(100); now = bucket.When(1))
        {
            bucket = bucket.Advance(now);
            Assert.Equal(1, bucket.Tokens);
            bucket = bucket.Take(1);
            taken++;
        }

        // One that was there, and seven in each second; a start comes a tick late at most.
        Assert.Equal(700, taken);
    }

    [Fact]
    public void It_holds_no_more_than_a_burst_and_says_when_there_is_more()
    {
        var bucket = TokenBucket.Full(new RunRate(10, TimeSpan.FromSeconds(10)) { Burst = 3 }, Start);
        Assert.Equal(3, bucket.Advance(Start + TimeSpan.FromDays(30_000)).Tokens);
        bucket = bucket.Take(3);
        Assert.Equal(0, bucket.Tokens);
        Assert.Equal(Start + TimeSpan.FromSeconds(2), bucket.When(2));
        Assert.Equal(1, bucket.Advance(Start + TimeSpan.FromSeconds(1.9)).Tokens);
        Assert.True(bucket.Advance(Start + TimeSpan.FromSeconds(3)).IsFull);
        Assert.Equal(bucket, bucket.Advance(Start - TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Another_rate_finds_the_same_tokens_as_far_as_it_has_room_for_them()
    {
        var bucket = TokenBucket.Full(new RunRate(10, TimeSpan.FromSeconds(10)), Start).Take(2);
        Assert.Equal(8, bucket.Under(new RunRate(100, TimeSpan.FromMinutes(1))).Tokens);
        Assert.Equal(5, bucket.Under(new RunRate(5, TimeSpan.FromDays(31))).Tokens);
    }
}
