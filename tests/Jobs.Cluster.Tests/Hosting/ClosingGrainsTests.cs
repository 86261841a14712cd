using Jobs.Conformance;
using Jobs.Grains.Hosting;

namespace Jobs.Cluster.Tests.Hosting;

/// <summary>Grains that move together go together.</summary>
public sealed class ClosingGrainsTests
{
    private readonly ClosingGrains _closing = new();

    [Fact]
    public async Task The_last_one_lets_all_go()
    {
        _closing.Begin("a");
        _closing.Begin("b");
        var first = _closing.EndAsync("a");
        var last = _closing.EndAsync("b");
        Assert.True(last.IsCompletedSuccessfully);
        await first.Soon();
    }

    [Fact]
    public async Task One_that_takes_long_is_not_waited_for_and_lets_the_next_ones_go()
    {
        _closing.Begin("slow");
        _closing.Begin("a");
        await _closing.EndAsync("a").Soon();
        Assert.True(_closing.EndAsync("slow").IsCompletedSuccessfully);
        _closing.Begin("b");
        Assert.True(_closing.EndAsync("b").IsCompletedSuccessfully);
    }

    [Fact]
    public void One_that_was_not_told_to_move_waits_for_nobody()
    {
        _closing.Begin("a");
        Assert.True(_closing.EndAsync("b").IsCompletedSuccessfully);
    }
}
