namespace Jobs.Core.Tests.Cron;

/// <summary>What is refused, and that the error points at the right character of the right field.</summary>
public sealed class CronFormatTests
{
    [Theory]
    // The text as a whole.
    [InlineData("", 0, "expression", "empty")]
    [InlineData("   ", 0, "expression", "empty")]
    [InlineData("*", 1, "expression", "The number of fields is 1")]
    [InlineData("* * * *", 7, "expression", "The number of fields is 4")]
    [InlineData("* * * * * * *", 12, "expression", "The number of fields is 7")]
    [InlineData("0 0 12 * * ? 2024", 13, "expression", "6 with seconds first")]
    // Out of range, with the allowed values.
    [InlineData("60 * * * *", 0, "minute", "Allowed: 0-59")]
    [InlineData("* 24 * * *", 2, "hour", "Allowed: 0-23")]
    [InlineData("* * 0 * *", 4, "day of month", "Allowed: 1-31, L, L-3, 15W, LW or ?")]
    [InlineData("* * 32 * *", 4, "day of month", "32 is out of range")]
    [InlineData("* * * 0 *", 6, "month", "Allowed: 1-12 or JAN-DEC")]
    [InlineData("* * * 13 *", 6, "month", "13 is out of range")]
    [InlineData("* * * * 8", 8, "weekday", "Allowed: 0-7 (0 and 7 are Sunday), SUN-SAT, 5L, 2#3 or ?")]
    [InlineData("60 * * * * *", 0, "second", "Allowed: 0-59")]
    [InlineData("* 60 * * * *", 2, "minute", "60 is out of range")]
    [InlineData("* * 24 * * *", 4, "hour", "24 is out of range")]
    [InlineData("99999999999999999999 * * * *", 0, "minute", "out of range")]
    [InlineData("  0   99 * * *", 6, "hour", "99 is out of range")]
    // Inside lists and ranges.
    [InlineData("0,15,60 * * * *", 5, "minute", "60 is out of range")]
    [InlineData("0-60 * * * *", 2, "minute", "60 is out of range")]
    [InlineData("61-70 * * * *", 0, "minute", "61 is out of range")]
    [InlineData("* * * * MON-8", 12, "weekday", "8 is out of range")]
    [InlineData(", * * * *", 0, "minute", "A value is missing")]
    [InlineData("1, * * * *", 2, "minute", "A value is missing")]
    [InlineData(",1 * * * *", 0, "minute", "A value is missing")]
    [InlineData("1,,2 * * * *", 2, "minute", "A value is missing")]
    [InlineData("1- * * * *", 2, "minute", "A value is missing")]
    [InlineData("1-,2 * * * *", 2, "minute", "A value is missing")]
    [InlineData("-5 * * * *", 0, "minute", "'-' does not start a value")]
    [InlineData("1--5 * * * *", 2, "minute", "'-' does not start a value")]
    [InlineData("1-2-3 * * * *", 3, "minute", "'-' does not belong here")]
    // Steps.
    [InlineData("*/0 * * * *", 2, "minute", "Allowed: 1-60")]
    [InlineData("*/61 * * * *", 2, "minute", "@every 90m")]
    [InlineData("* */25 * * *", 4, "hour", "Allowed: 1-24")]
    [InlineData("* * */32 * *", 6, "day of month", "Allowed: 1-31")]
    [InlineData("* * * */13 *", 8, "month", "Allowed: 1-12")]
    [InlineData("* * * * */8", 10, "weekday", "Allowed: 1-7")]
    [InlineData("*/ * * * *", 2, "minute", "A value is missing")]
    [InlineData("*/x * * * *", 2, "minute", "'x' does not start a value")]
    [InlineData("*/5/5 * * * *", 3, "minute", "'/' does not belong here")]
    [InlineData("1-5/ * * * *", 4, "minute", "A value is missing")]
    [InlineData("/5 * * * *", 0, "minute", "'/' does not start a value")]
    [InlineData("*5 * * * *", 1, "minute", "'5' does not belong here")]
    [InlineData("** * * * *", 1, "minute", "'*' does not belong here")]
    [InlineData("*-5 * * * *", 1, "minute", "'-' does not belong here")]
    [InlineData("* * * * MON/FRI", 12, "weekday", "'F' does not start a value")]
    // Names.
    [InlineData("* * * XYZ *", 6, "month", "'X' does not start a value. Allowed: 1-12 or JAN-DEC")]
    [InlineData("* * * JA *", 6, "month", "'J' does not start a value")]
    [InlineData("* * * JANUARY *", 9, "month", "'U' does not belong here")]
    [InlineData("* * * MON *", 6, "month", "'M' does not start a value")]
    [InlineData("* * * * JAN", 8, "weekday", "'J' does not start a value")]
    [InlineData("* * * * MONDAY", 11, "weekday", "'D' does not belong here")]
    [InlineData("MON * * * *", 0, "minute", "'M' does not start a value")]
    [InlineData("* * * JAN-XXX *", 10, "month", "'X' does not start a value")]
    [InlineData("1.5 * * * *", 1, "minute", "'.' does not belong here")]
    [InlineData("٣ * * * *", 0, "minute", "does not start a value")]
    // Question marks.
    [InlineData("? * * * *", 0, "minute", "Write * for any value")]
    [InlineData("* ? * * *", 2, "hour", "Only the day fields")]
    [InlineData("* * * ? *", 6, "month", "Only the day fields")]
    [InlineData("? * * * * *", 0, "second", "Only the day fields")]
    [InlineData("* * ?,1 * *", 4, "day of month", "? must stand alone")]
    [InlineData("* * 1,? * *", 6, "day of month", "? must stand alone")]
    [InlineData("* * ?/2 * *", 4, "day of month", "? must stand alone")]
    // L, W and # in the wrong place or with wrong numbers.
    [InlineData("L * * * *", 0, "minute", "'L' does not start a value")]
    [InlineData("* * * L *", 6, "month", "'L' does not start a value")]
    [InlineData("* * * * L", 8, "weekday", "Write for example 5L")]
    [InlineData("* * 5L * *", 5, "day of month", "'L' does not belong here")]
    [InlineData("* * L-0 * *", 6, "day of month", "Allowed after L-: 1-30")]
    [InlineData("* * L-31 * *", 6, "day of month", "31 is not a distance")]
    [InlineData("* * L- * *", 6, "day of month", "A value is missing")]
    [InlineData("* * L/2 * *", 5, "day of month", "'/' does not belong here")]
    [InlineData("* * 1-L * *", 6, "day of month", "'L' does not start a value")]
    [InlineData("* * LL * *", 5, "day of month", "'L' does not belong here")]
    [InlineData("* * W * *", 4, "day of month", "'W' does not start a value")]
    [InlineData("* * 32W * *", 4, "day of month", "32 is out of range")]
    [InlineData("* * 0W * *", 4, "day of month", "0 is out of range")]
    [InlineData("* * 1-5W * *", 7, "day of month", "'W' does not belong here")]
    [InlineData("* * 15W/2 * *", 7, "day of month", "'/' does not belong here")]
    [InlineData("* * * * 5W", 9, "weekday", "'W' does not belong here")]
    [InlineData("* * * * 8L", 8, "weekday", "8 is out of range")]
    [InlineData("* * * * 5L-3", 10, "weekday", "'-' does not belong here")]
    [InlineData("* * * * 2#0", 10, "weekday", "Allowed after #: 1-5")]
    [InlineData("* * * * 2#6", 10, "weekday", "write 2L for the last one")]
    [InlineData("* * * * 2#", 10, "weekday", "A value is missing")]
    [InlineData("* * * * #2", 8, "weekday", "'#' does not start a value")]
    [InlineData("* * * * 8#2", 8, "weekday", "8 is out of range")]
    [InlineData("* * 2#3 * *", 5, "day of month", "'#' does not belong here")]
    [InlineData("* * * * 2#3#4", 11, "weekday", "'#' does not belong here")]
    [InlineData("* * * * MON-FRI#2", 15, "weekday", "'#' does not belong here")]
    // Macros.
    [InlineData("@reboot", 0, "macro", "Allowed: @yearly")]
    [InlineData("@", 0, "macro", "The macro @ is not known")]
    [InlineData("  @dayly", 2, "macro", "The macro @dayly is not known")]
    [InlineData("@daily 5", 7, "macro", "Nothing may follow @daily")]
    [InlineData("* @daily * * *", 2, "hour", "'@' does not start a value")]
    // Durations.
    [InlineData("@every", 6, "duration", "Allowed: numbers followed by d, h, m, s or ms")]
    [InlineData("@every 1h 30m", 10, "duration", "without blanks")]
    [InlineData("@every h", 7, "duration", "A number is missing")]
    [InlineData("@every 5", 8, "duration", "The unit of 5 is missing")]
    [InlineData("@every 1h30", 11, "duration", "The unit of 30 is missing")]
    [InlineData("@every 1h30x", 11, "duration", "The unit of 30 is missing or not known")]
    [InlineData("@every 1y", 8, "duration", "not known")]
    [InlineData("@every -1h", 7, "duration", "A number is missing")]
    [InlineData("@every 1h-30m", 9, "duration", "A number is missing")]
    [InlineData("@every 1.2.3s", 7, "duration", "1.2.3 is not a usable number")]
    [InlineData("@every 0s", 7, "duration", "shorter than 1 second")]
    [InlineData("@every 999ms", 7, "duration", "shorter than 1 second")]
    [InlineData("@every 36526d", 7, "duration", "longer than 36525 days")]
    [InlineData("@every 99999999999999999999999999999999s", 7, "duration", "not a usable number")]
    // Never: the error points at the day.
    [InlineData("0 0 30 2 *", 4, "day of month", "would never fire")]
    [InlineData("0 0 31 2 ?", 4, "day of month", "No month of the expression has the day 31")]
    [InlineData("0 0 30,31 FEB *", 4, "day of month", "would never fire")]
    [InlineData("0 0 30-31 2 *", 4, "day of month", "would never fire")]
    [InlineData("0 0 31 4,6,9,11 *", 4, "day of month", "would never fire")]
    [InlineData("0 0 31 2-2 *", 4, "day of month", "would never fire")]
    [InlineData("0 0 31 2/9 *", 4, "day of month", "would never fire")]
    [InlineData("0 0 30W 2 *", 4, "day of month", "would never fire")]
    [InlineData("0 0 31W 6 *", 4, "day of month", "would never fire")]
    [InlineData("0 0 L-29 2 *", 4, "day of month", "would never fire")]
    [InlineData("0 0 L-30 4 *", 4, "day of month", "or L for the last day of each month")]
    [InlineData("0 0 L-29W 2 *", 4, "day of month", "would never fire")]
    [InlineData("0 0 0 30 2 *", 6, "day of month", "would never fire")]
    [InlineData("* * * 31 11 *", 6, "day of month", "would never fire")]
    public void Refuses_with_position_field_and_remedy(string expression, int position, string field, string part)
    {
        Assert.False(CronExpression.TryParse(expression, out var parsed, out var error));
        Assert.Null(parsed);
        Assert.Equal((expression, position, field), (error!.Expression, error.Position, error.Field));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);

        var thrown = Assert.Throws<CronFormatException>(() => CronExpression.Parse(expression));
        Assert.Equal(error.Message, thrown.Message);
    }

    [Theory]
    // Just about possible.
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 29W 2 *")]
    [InlineData("0 0 L-28 2 *")]
    [InlineData("0 0 L-29 4 *")]
    [InlineData("0 0 30,29 2 *")]
    [InlineData("0 0 31 2,3 *")]
    [InlineData("0 0 ? 2 MON#5")]
    [InlineData("0 0 31 2 MON")]
    [InlineData("0 0 30 2 MON#5")]
    [InlineData("*/60 */24 */31 */12 */7")]
    [InlineData("@every 36525d")]
    [InlineData("@every 1000ms")]
    public void Accepts_what_can_fire(string expression) =>
        Assert.NotNull(CronExpression.Parse(expression).Next(CronTime.At("2024-01-01 00:00"), TimeZoneInfo.Utc));

    [Fact]
    public void Null_is_an_error_value_for_trying_and_a_broken_call_for_parsing()
    {
        Assert.False(CronExpression.TryParse(null, out _, out var error));
        Assert.Equal(("", 0, "expression"), (error!.Expression, error.Position, error.Field));
        Assert.Throws<ArgumentNullException>(() => CronExpression.Parse(null!));
    }

    [Fact]
    public void The_length_limit_is_exact()
    {
        var longest = "* * * * *".PadRight(CronExpression.MaxLengthChars);
        Assert.Equal(longest, CronExpression.Parse(longest).ToString());

        Assert.False(CronExpression.TryParse(longest + " ", out _, out var error));
        Assert.Equal((longest, CronExpression.MaxLengthChars), (error!.Expression, error.Position));
        Assert.Contains("Allowed: 256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_message_shows_expression_field_and_position()
    {
        var error = Assert.Throws<CronFormatException>(() => CronExpression.Parse("0 25 * * *"));
        Assert.Equal("25 is out of range. Allowed: 0-23. (cron expression \"0 25 * * *\", hour, position 2)", error.Message);
    }
}
