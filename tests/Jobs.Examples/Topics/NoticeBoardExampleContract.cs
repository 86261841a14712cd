using Jobs.Conformance;

namespace Jobs.Examples.Topics;

/// <summary>Seed 000: typed topics, with listeners of a process and with subscriptions that are stored.</summary>
public abstract class NoticeBoardExampleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly NoticeBoard _board = new();

    [Fact]
    public async Task News_reach_everybody_who_listens()
    {
        var jobs = await StartClientAsync(_board.Describe);
        Assert.Equal(3, await NoticeBoard.PinAsync(jobs, "lunch").Soon());
        Assert.Equal(["canteen: lunch", "hall: lunch"], (await _board.Shown.Reaches(2).Soon()).Order(StringComparer.Ordinal));
        Assert.Equal(["lunch, read 1 times"], await _board.Filed.Reaches(1).Soon());
    }

    [Fact]
    public async Task What_a_subscriber_fails_to_do_is_tried_again()
    {
        var jobs = await StartClientAsync(_board.Describe);
        await NoticeBoard.PinAsync(jobs, "illegible").Soon();
        Assert.Equal(["illegible, read 3 times"], await _board.Filed.Reaches(1).Soon());
    }

    [Fact]
    public async Task A_screen_is_switched_on_and_off()
    {
        var jobs = await StartClientAsync(_ => { });
        Assert.Equal(0, await NoticeBoard.PinAsync(jobs, "nobody is here").Soon());
        var shown = new Recording<string>();
        var screen = jobs.Topics.Listen(NoticeBoard.Board, "door", (news, _) =>
        {
            shown.Add(news.Headline);
            return Task.CompletedTask;
        });
        Assert.Equal(1, await NoticeBoard.PinAsync(jobs, "welcome").Soon());
        Assert.Equal(["welcome"], await shown.Reaches(1).Soon());
        await screen.DisposeAsync().Soon();
        Assert.Equal(0, await NoticeBoard.PinAsync(jobs, "goodbye").Soon());
    }
}
