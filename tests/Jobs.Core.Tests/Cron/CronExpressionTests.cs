namespace Jobs.Core.Tests.Cron;

/// <summary>Macros, intervals, enumeration and equality.</summary>
public sealed class CronExpressionTests
{
    private static readonly TimeZoneInfo Berlin = CronTime.Zone("Europe/Berlin");

    [Theory]
    [InlineData("@yearly", "2024-05-01 10:00", "2025-01-01 00:00", "2024-01-01 00:00")]
    [InlineData("@annually", "2024-05-01 10:00", "2025-01-01 00:00", "2024-01-01 00:00")]
    [InlineData("@monthly", "2024-05-15 10:00", "2024-06-01 00:00", "2024-05-01 00:00")]
    [InlineData("@weekly", "2024-05-01 10:00", "2024-05-05 00:00", "2024-04-28 00:00")]
    [InlineData("@daily", "2024-05-01 10:00", "2024-05-02 00:00", "2024-05-01 00:00")]
    [InlineData("@midnight", "2024-05-01 10:00", "2024-05-02 00:00", "2024-05-01 00:00")]
    [InlineData("@hourly", "2024-05-01 10:00", "2024-05-01 11:00", "2024-05-01 09:00")]
    [InlineData("@every_minute", "2024-05-01 10:00", "2024-05-01 10:01", "2024-05-01 09:59")]
    [InlineData("@every_second", "2024-05-01 10:00", "2024-05-01 10:00:01", "2024-05-01 09:59:59")]
    [InlineData(" @Daily ", "2024-05-01 10:00", "2024-05-02 00:00", "2024-05-01 00:00")]
    [InlineData("@YEARLY", "2024-05-01 10:00", "2025-01-01 00:00", "2024-01-01 00:00")]
    // Intervals count from the given instant and drop fractions of a second.
    [InlineData("@every 1h30m", "2024-05-01 10:00", "2024-05-01 11:30", "2024-05-01 08:30")]
    [InlineData("@every 1s", "2024-05-01 10:00", "2024-05-01 10:00:01", "2024-05-01 09:59:59")]
    [InlineData("@every 1s", "2024-05-01 10:00:00.7", "2024-05-01 10:00:01", "2024-05-01 09:59:59")]
    [InlineData("@every 1500ms", "2024-05-01 10:00", "2024-05-01 10:00:01", "2024-05-01 09:59:59")]
    [InlineData("@every 1.5h", "2024-05-01 10:00", "2024-05-01 11:30", "2024-05-01 08:30")]
    [InlineData("@every 500ms500ms", "2024-05-01 10:00", "2024-05-01 10:00:01", "2024-05-01 09:59:59")]
    [InlineData("@every 2d", "2024-02-28 10:00", "2024-03-01 10:00", "2024-02-26 10:00")]
    [InlineData("@Every 1D1H1M1S", "2024-05-01 00:00", "2024-05-02 01:01:01", "2024-04-29 22:58:59")]
    [InlineData("@every 36525d", "9999-01-01 00:00", "never", "9898-12-31 00:00")]
    [InlineData("@every 36525d", "0001-01-01 00:00", "0101-01-02 00:00", "never")]
    public void Macros_and_intervals(string expression, string at, string next, string previous)
    {
        var cron = CronExpression.Parse(expression);
        Assert.Equal(CronTime.Show(next), CronTime.Show(cron.Next(CronTime.At(at), TimeZoneInfo.Utc)));
        Assert.Equal(CronTime.Show(previous), CronTime.Show(cron.Previous(CronTime.At(at), TimeZoneInfo.Utc)));
    }

    [Theory]
    [InlineData("@every 1h", "2024-03-31 01:30+01, 03:30+02, 04:30+02")]
    [InlineData("@every 1h", "2024-10-27 02:30+02, 02:30+01, 03:30+01")]
    [InlineData("@every 1d", "2024-03-30 12:00+01, 03-31 13:00+02, 04-01 13:00+02")]
    public void An_interval_is_elapsed_time_whatever_the_clock_does(string expression, string row)
    {
        var instants = CronTime.Row(row);
        var actual = CronExpression.Parse(expression).Occurrences(instants[0], instants[^1], Berlin);
        Assert.Equal(
            CronTime.ShowRow(instants.Skip(1).Cast<DateTimeOffset?>()), CronTime.ShowRow(actual.Cast<DateTimeOffset?>()));
    }

    [Fact]
    public void A_window_leaves_out_its_start_and_holds_its_end()
    {
        var cron = CronExpression.Parse("*/20 * * * *");
        var noon = CronTime.At("2024-05-01 12:00");

        var first = cron.Occurrences(noon, noon.AddHours(1), TimeZoneInfo.Utc).ToList();
        var second = cron.Occurrences(noon.AddHours(1), noon.AddHours(2), TimeZoneInfo.Utc).ToList();

        Assert.Equal([noon.AddMinutes(20), noon.AddMinutes(40), noon.AddMinutes(60)], first);
        Assert.Equal(6, first.Concat(second).Distinct().Count());
        Assert.Empty(cron.Occurrences(noon, noon, TimeZoneInfo.Utc));
        Assert.Empty(cron.Occurrences(noon, noon.AddHours(-1), TimeZoneInfo.Utc));
    }

    [Fact]
    public void A_window_is_read_lazily_and_ends_with_the_calendar()
    {
        var cron = CronExpression.Parse("* * * * * *");
        Assert.Equal(3, cron.Occurrences(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, TimeZoneInfo.Utc).Take(3).Count());

        var yearly = CronExpression.Parse("@yearly");
        var last = yearly.Occurrences(CronTime.At("9997-06-01 00:00"), DateTimeOffset.MaxValue, Berlin).ToList();
        Assert.Equal(["9998-01-01 00:00:00 +01:00", "9999-01-01 00:00:00 +01:00"], last.Select(at => CronTime.Show(at)));
    }

    [Theory]
    [InlineData("Pacific/Apia")]
    [InlineData("Pacific/Pago_Pago")]
    [InlineData("Europe/Berlin")]
    public void The_ends_of_the_calendar_are_no_error_in_any_zone(string zoneId)
    {
        var zone = CronTime.Zone(zoneId);
        foreach (var text in new[] { "* * * * * *", "0 0 1 1 *", "59 23 31 12 *", "@every 1d" })
        {
            var cron = CronExpression.Parse(text);
            Assert.Null(cron.Next(DateTimeOffset.MaxValue, zone));
            Assert.Null(cron.Previous(DateTimeOffset.MinValue, zone));
            Assert.True(cron.Next(DateTimeOffset.MinValue, zone) > DateTimeOffset.MinValue);
            Assert.True(cron.Previous(DateTimeOffset.MaxValue, zone) < DateTimeOffset.MaxValue);
        }
    }

    [Fact]
    public void The_result_has_the_offset_of_the_zone()
    {
        var cron = CronExpression.Parse("0 9 * * *");
        Assert.Equal(TimeSpan.FromHours(1), cron.Next(CronTime.At("2024-01-01 00:00"), Berlin)!.Value.Offset);
        Assert.Equal(TimeSpan.FromHours(2), cron.Next(CronTime.At("2024-07-01 00:00"), Berlin)!.Value.Offset);
        Assert.Equal(TimeSpan.FromHours(2), CronExpression.Parse("@every 1d")
            .Next(CronTime.At("2024-07-01 00:00"), Berlin)!.Value.Offset);
    }

    [Fact]
    public void Equality_and_text_are_those_given()
    {
        var one = CronExpression.Parse("0 9 * * mon");
        var same = CronExpression.Parse("0 9 * * mon");
        var otherwiseWritten = CronExpression.Parse("0 9 * * MON");

        Assert.Equal("0 9 * * mon", one.ToString());
        Assert.True(one.Equals(same) && one.Equals((object)same) && one.GetHashCode() == same.GetHashCode());
        Assert.False(one.Equals(otherwiseWritten));
        Assert.False(one.Equals(null));
        Assert.Equal(" @daily ", CronExpression.Parse(" @daily ").ToString());
    }

    [Fact]
    public void A_missing_zone_is_a_broken_call()
    {
        foreach (var text in new[] { "* * * * *", "@every 1s" })
        {
            var cron = CronExpression.Parse(text);
            Assert.Throws<ArgumentNullException>(() => cron.Next(DateTimeOffset.UnixEpoch, null!));
            Assert.Throws<ArgumentNullException>(() => cron.Previous(DateTimeOffset.UnixEpoch, null!));
            Assert.Throws<ArgumentNullException>(() => cron.Occurrences(default, default, null!));
        }
    }
}
