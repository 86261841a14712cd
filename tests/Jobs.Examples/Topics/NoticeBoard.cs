using Jobs.Conformance;

namespace Jobs.Examples.Topics;

/// <summary>
/// A topic and those who want its messages: screens that show what comes while they are on, and an archive that must not miss any. Whoever
/// publishes knows none of them.
/// </summary>
public sealed class NoticeBoard
{
    public static readonly Topic<News> Board = Topic.Create<News>("board");

    /// <summary>Stored: each message is a job, with the retries and the queue that are said here.</summary>
    public static readonly TopicSubscription<News> Archive = Board.Subscription("archive", o =>
    {
        o.MaxAttempts = 3;
        o.Backoff = RetryPolicy.None;
    });

    /// <summary>What the screens showed.</summary>
    public Recording<string> Shown { get; } = new();

    /// <summary>What was filed.</summary>
    public Recording<string> Filed { get; } = new();

    public void Describe(JobsBuilder jobs)
    {
        jobs.Listen(Board, "hall", (news, screen) => Show(screen, news));
        jobs.Listen(Board, "canteen", (news, screen) => Show(screen, news));
        jobs.Subscribe(Archive, (News news, JobContext job) =>
        {
            if (news.Headline == "illegible" && job.Attempt < 3) throw new FormatException("What does it say?");
            Filed.Add($"{news.Headline}, read {job.Attempt} times");
            return Task.CompletedTask;
        });
    }

    /// <summary>Publishes, and tells how many it reached; when this returns, the archive's job is stored.</summary>
    public static async Task<int> PinAsync(IJobClient jobs, string headline) => (await jobs.PublishAsync(Board, new News(headline))).Reached;

    private Task Show(TopicContext screen, News news)
    {
        Shown.Add($"{screen.Subscription}: {news.Headline}");
        return Task.CompletedTask;
    }
}
