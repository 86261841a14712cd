using Jobs.Conformance;
using Jobs.Grains.Placement;

namespace Jobs.Cluster.Tests.Placement;

/// <summary>How parts are spread over members, whatever they are.</summary>
public sealed class EvenSpreadTests
{
    private readonly Random _random = new(TestSeed.Value);

    [Fact]
    public void No_member_has_two_parts_more_than_another_one()
    {
        for (var i = 0; i < 1000; i++)
        {
            var (parts, members) = (_random.Next(1, 60), Members(_random.Next(1, 12)));
            var taken = Counts(EvenSpread.Assign(Any(), parts, members), members.Length);
            Assert.True(taken.Max() - taken.Min() <= 1, $"With the seed {TestSeed.Value}, {parts} parts are spread as {string.Join(", ", taken)}");
        }
    }

    [Fact]
    public void Things_of_one_part_are_spread_too()
    {
        var members = Members(4);
        var taken = new int[4];
        for (var i = 0; i < 1000; i++) taken[EvenSpread.Assign(Any(), 1, members)[0]]++;
        Assert.All(taken, count => Assert.InRange(count, 150, 350));
    }

    [Fact]
    public void Everybody_finds_the_same()
    {
        var (seed, members) = (Any(), Members(5));
        Assert.Equal(EvenSpread.Assign(seed, 32, members), EvenSpread.Assign(seed, 32, [.. members]));
    }

    [Fact]
    public void A_member_that_joins_gets_its_part_and_little_else_moves()
    {
        var (moved, needed) = (0, 0);
        for (var i = 0; i < 300; i++)
        {
            var (seed, parts, members) = (Any(), _random.Next(4, 60), Members(_random.Next(1, 8)));
            var before = EvenSpread.Assign(seed, parts, members);
            var after = EvenSpread.Assign(seed, parts, [.. members, Any()]);
            moved += Enumerable.Range(0, parts).Count(part => after[part] != before[part]);
            needed += after.Count(member => member == members.Length);
        }

        Assert.InRange(moved, needed, 2 * needed);
    }

    private static int[] Counts(int[] places, int members) => [.. Enumerable.Range(0, members).Select(member => places.Count(place => place == member))];

    private uint[] Members(int count) => [.. Enumerable.Range(0, count).Select(_ => Any())];

    private uint Any() => (uint)_random.NextInt64(1L << 32);
}
