using Jobs.Core.Tests.States;

namespace Jobs.Core.Tests.Queueing;

public sealed class JobWindowTests
{
    private readonly JobWindow _window = new(maxJobs: 8, maxPayloadBytes: 1000);

    [Fact]
    public void A_complete_window_takes_all_and_wants_nothing()
    {
        Add(1, 2, 3);

        Assert.Null(_window.Bound);
        Assert.True(_window.Admits(Key(999)));
        Assert.False(_window.WantsPage);
    }

    [Fact]
    public void Overflow_halves_the_window_and_leaves_the_rest_to_the_store()
    {
        Add(1, 2, 3, 4, 5, 6, 7, 8);
        Assert.Empty(_window.TakeOverflow(_ => false));
        Add(9);

        Assert.Equal([5, 6, 7, 8, 9], Sequences(_window.TakeOverflow(_ => false)));
        Assert.Equal(Key(5), _window.Bound);
        Assert.True(_window.Admits(Key(4)) && !_window.Admits(Key(5)));
        Assert.False(_window.WantsPage);
    }

    [Fact]
    public void Payloads_count_too_and_one_job_always_stays()
    {
        Push(1, 900);
        Assert.Empty(_window.TakeOverflow(_ => false));
        Push(2, 900);
        Assert.Equal([2], Sequences(_window.TakeOverflow(_ => false)));

        var single = new JobWindow(8, maxPayloadBytes: 10);
        single.Heap.Push(Entry(1, 900), Key(1));
        Assert.Empty(single.TakeOverflow(_ => false));
    }

    [Fact]
    public void A_pinned_job_stays_but_waits_until_the_bound_has_passed_it()
    {
        Add(1, 2, 3, 4, 5, 6, 7, 8, 9);
        Assert.DoesNotContain(9, Sequences(_window.TakeOverflow(e => e.Job.Sequence == 9)));

        for (var i = 0; i < 4; i++) _window.Heap.Pop();

        Assert.Equal(9, _window.Heap.Peek()!.Job.Sequence);
        Assert.Null(_window.First());
        Assert.True(_window.WantsPage);
    }

    [Fact]
    public void A_page_moves_the_bound_behind_its_last_job_or_removes_it()
    {
        _window.MarkPartial(Key(1));
        Assert.Equal(Key(1), _window.BeginLoading());
        Assert.False(_window.WantsPage);
        _window.EndLoading(Key(4));
        Assert.Equal(Key(5), _window.Bound);

        _window.BeginLoading();
        _window.EndLoading(null);
        Assert.Null(_window.Bound);
    }

    [Fact]
    public void While_a_page_is_read_twice_the_window_finds_room_and_the_bound_stops_before_what_did_not()
    {
        _window.MarkPartial(Key(100));
        _window.BeginLoading();
        for (var i = 0; i < 16; i++)
        {
            Assert.True(_window.Admits(Key(200 + i)));
            Add(200 + i);
        }

        Assert.False(_window.Admits(Key(150)));
        Assert.False(_window.Admits(Key(120)));
        _window.EndLoading(null);

        Assert.Equal(Key(120), _window.Bound);
        Assert.Null(_window.First());
    }

    [Fact]
    public void What_found_no_room_is_not_forgotten_when_the_page_fails()
    {
        _window.MarkPartial(Key(100));
        _window.BeginLoading();
        for (var i = 0; i < 16; i++) Add(200 + i);
        Assert.False(_window.Admits(Key(7)));

        _window.AbortLoading();

        Assert.Equal(Key(7), _window.Bound);
    }

    [Fact]
    public void One_page_is_read_at_a_time_and_only_if_something_is_missing()
    {
        Assert.Throws<InvalidOperationException>(() => _window.BeginLoading());
        _window.MarkPartial(Key(1));
        _window.BeginLoading();
        Assert.Throws<InvalidOperationException>(() => _window.BeginLoading());
    }

    private static OrderKey Key(long sequence) => new(0, 0, sequence);

    private static JobEntry Entry(long sequence, int bytes) => new(Sample.New(JobState.Pending) with { Sequence = sequence, Payload = new byte[bytes] });

    private static long[] Sequences(IEnumerable<JobEntry> entries) => [.. entries.Select(e => e.Job.Sequence).Order()];

    private void Add(params int[] sequences)
    {
        foreach (var sequence in sequences) Push(sequence, 1);
    }

    private void Push(long sequence, int bytes) => _window.Heap.Push(Entry(sequence, bytes), Key(sequence));
}
