using Jobs.Testing;

namespace Jobs.Core.Tests.Identity;

public sealed class JobIdTests
{
    [Fact]
    public void Ids_are_made_by_the_caller_and_sort_by_time()
    {
        var clock = new ManualTimeProvider();
        var (here, there) = (new JobIdSource(clock, new Random(1)), new JobIdSource(clock, new Random(2)));
        var ids = new List<JobId>();
        for (var i = 0; i < 1000; i++)
        {
            ids.Add(here.Next("mail", i % 4));
            if (i % 10 == 0) clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(ids, ids.Order());
        Assert.Equal(1000, ids.Distinct().Count());
        Assert.NotEqual(ids[0], there.Next("mail", 0));
        Assert.All(ids, id => Assert.Equal((new QueueName("mail").Hash, false), (id.QueueHash, id.IsNamed)));
        Assert.Equal(clock.GetUtcNow(), here.Next("mail", 3).CreatedAt);
    }

    [Fact]
    public void An_id_is_read_from_its_text_and_nothing_else_is()
    {
        var id = new JobIdSource(new ManualTimeProvider(), new Random(1)).Next("mail", 200);
        Assert.Equal((id, 200), (JobId.Parse(id.ToString()), id.Partition));
        Assert.Equal(id, JobId.FromGuid(id.ToGuid()));
        foreach (var text in (string?[])[null, "", "x", id.ToString()[1..], id + "0"]) Assert.False(JobId.TryParse(text, out _));
    }

    [Fact]
    public void A_named_id_is_the_same_everywhere_and_belongs_to_its_queue()
    {
        var id = JobId.FromName("mail", "invoice-7");
        Assert.Equal((id, true), (JobId.FromName("mail", "invoice-7"), id.IsNamed));
        Assert.NotEqual(id, JobId.FromName("mail", "invoice-8"));
        Assert.NotEqual(id, JobId.FromName("other", "invoice-7"));
        Assert.Null(id.CreatedAt);
    }
}
