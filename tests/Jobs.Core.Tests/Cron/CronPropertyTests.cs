using System.Globalization;

namespace Jobs.Core.Tests.Cron;

/// <summary>
/// Random expressions from random instants, compared with a walk over every minute or second. A failure prints the seed
/// of its run; set the environment variable JOBS_TEST_SEED to it to repeat the run, or to any number to try another
/// one.
/// </summary>
public sealed class CronPropertyTests
{
    private const int DefaultSeed = 20_240_331;

    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("JOBS_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : DefaultSeed;

    /// <summary>Each zone with instants around which its clock changes.</summary>
    private static readonly (string Zone, string[] Changes)[] Clocks =
    [
        ("UTC", ["2024-02-29 00:00", "2024-12-31 23:59"]),
        ("Europe/Berlin", ["2024-03-31 01:00", "2024-10-27 01:00", "2025-03-30 01:00"]),
        ("America/New_York", ["2024-03-10 07:00", "2024-11-03 06:00"]),
        ("America/Sao_Paulo", ["2018-11-04 03:00", "2018-02-18 02:00"]),
        ("Australia/Lord_Howe", ["2024-10-05 15:30", "2024-04-06 15:00"]),
        ("Africa/Casablanca", ["2024-04-14 02:00", "2024-03-10 02:00"]),
        ("Asia/Tehran", ["2022-03-21 20:30", "2022-09-21 19:30"]),
        ("Pacific/Apia", ["2011-12-30 10:00", "2011-04-02 14:00", "2011-09-24 14:00"]),
        ("America/St_Johns", ["2006-04-02 03:31", "2006-10-29 02:31"]),
        ("Pacific/Kwajalein", ["1969-09-30 13:00", "1993-08-21 12:00"]),
    ];

    [Fact]
    public void Minutes_agree_with_a_walk_over_every_minute() =>
        CompareWithWalk(cases: 1_500, withSeconds: false, spread: TimeSpan.FromHours(30), horizon: TimeSpan.FromHours(50));

    [Fact]
    public void Seconds_agree_with_a_walk_over_every_second() =>
        CompareWithWalk(cases: 500, withSeconds: true, spread: TimeSpan.FromHours(1.5), horizon: TimeSpan.FromHours(1.5));

    [Fact]
    public void Days_agree_with_a_walk_over_every_day()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 2_000; i++)
        {
            var naive = new RandomCron(random).Make(withSeconds: false, anyTime: false);
            var start = CronTime.At("1996-01-01 00:00").AddDays(random.Next(4 * 366));
            var days = Enumerable.Range(1, 28 * 366).Select(day => start.AddDays(day));
            var expected = days.Where(day => naive.MatchesDay(day.DateTime)).Take(5).ToList();
            if (!CronExpression.TryParse(naive.Text, out var cron, out var error))
            {
                Assert.True(expected.Count == 0, $"{naive.Text} was refused, but fires: {Show(expected)}. {Run} {error}");
                continue;
            }

            Assert.True(expected.Count > 0, $"{naive.Text} never fires, but was accepted. {Run}");
            var actual = cron.Occurrences(start, expected[^1], TimeZoneInfo.Utc).ToList();
            Assert.True(
                expected.SequenceEqual(actual),
                $"{naive.Text} after {CronTime.Show(start)}: the walk found {Show(expected)}, not {Show(actual)}. {Run}");
        }
    }

    [Fact]
    public void Next_and_previous_undo_each_other()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 5_000; i++)
        {
            var naive = new RandomCron(random).Make(withSeconds: random.Next(3) == 0, anyTime: true);
            if (!CronExpression.TryParse(naive.Text, out var cron, out _)) continue;
            var (zone, start) = Pick(random, TimeSpan.FromHours(random.Next(2) == 0 ? 3 : 3_000));

            var next = cron.Next(start, zone)!.Value;
            var previous = cron.Previous(start, zone)!.Value;
            var context = $"{naive.Text} in {zone.Id} at {CronTime.Show(start)}. {Run}";
            Assert.True(previous < start && start < next, context);
            Assert.True(cron.Previous(next.AddTicks(1), zone) == next, context);
            Assert.True(cron.Next(previous.AddTicks(-1), zone) == previous, context);
            Assert.True(cron.Previous(next, zone) <= start, context);
            Assert.True(cron.Next(previous, zone) >= start, context);
            Assert.True(next.Offset == zone.GetUtcOffset(next) && previous.Offset == zone.GetUtcOffset(previous), context);
        }
    }

    private static string Show(List<DateTimeOffset> days) => CronTime.ShowRow(days.Cast<DateTimeOffset?>());

    private static string Run => $"Repeat with JOBS_TEST_SEED={Seed}.";

    private static void CompareWithWalk(int cases, bool withSeconds, TimeSpan spread, TimeSpan horizon)
    {
        var random = new Random(Seed);
        for (var i = 0; i < cases; i++)
        {
            var naive = new RandomCron(random).Make(withSeconds, anyTime: true);
            if (!CronExpression.TryParse(naive.Text, out var cron, out _)) continue;
            var (zone, start) = Pick(random, spread);
            var context = $"{naive.Text} in {zone.Id} at {CronTime.Show(start)}. {Run}";

            var next = cron.Next(start, zone);
            var walkedNext = naive.Next(start, start + horizon, zone);
            Assert.True(
                walkedNext == null ? next > start + horizon : next == walkedNext,
                $"Next is {CronTime.Show(next)}, the walk found {CronTime.Show(walkedNext)}: {context}");

            var previous = cron.Previous(start, zone);
            var walkedPrevious = naive.Previous(start, start - horizon, zone);
            Assert.True(
                walkedPrevious == null ? previous < start - horizon : previous == walkedPrevious,
                $"Previous is {CronTime.Show(previous)}, the walk found {CronTime.Show(walkedPrevious)}: {context}");
        }
    }

    /// <summary>An instant near a clock change, on a whole minute half of the time and on any tick otherwise.</summary>
    private static (TimeZoneInfo Zone, DateTimeOffset Start) Pick(Random random, TimeSpan spread)
    {
        var (zone, changes) = Clocks[random.Next(Clocks.Length)];
        var change = CronTime.At(changes[random.Next(changes.Length)]);
        var distance = random.NextInt64(-spread.Ticks, spread.Ticks);
        if (random.Next(2) == 0) distance -= distance % TimeSpan.TicksPerMinute;
        return (CronTime.Zone(zone), change.AddTicks(distance));
    }
}
