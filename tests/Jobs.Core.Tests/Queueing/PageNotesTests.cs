using Jobs.Core.Tests.States;

namespace Jobs.Core.Tests.Queueing;

public sealed class PageNotesTests
{
    private readonly JobId _job = Sample.New(JobState.Pending).Id;
    private readonly PageNotes _notes = new();

    [Fact]
    public void A_change_is_news_to_pages_that_began_before_it_only()
    {
        var before = _notes.Begin();
        _notes.Changed(_job);
        _notes.Dropped("group");
        var after = _notes.Begin();

        Assert.True(_notes.HasChanged(_job, before) && _notes.WasDropped("group", before));
        Assert.False(_notes.HasChanged(_job, after) || _notes.WasDropped("group", after));
    }

    [Fact]
    public void Notes_are_kept_no_longer_than_a_page_that_needs_them()
    {
        _notes.Changed(_job);
        var pages = new List<long>();

        // Pages overlap without a pause, and still there is never more than what changed during two of them.
        for (var i = 0; i < 1000; i++)
        {
            pages.Add(_notes.Begin());
            _notes.Changed(Sample.New(JobState.Pending).Id);
            if (pages.Count < 2) continue;
            _notes.End(pages[0]);
            pages.RemoveAt(0);
            Assert.InRange(_notes.Count, 0, 2);
        }

        _notes.End(pages[0]);
        Assert.Equal(0, _notes.Count);
    }
}
