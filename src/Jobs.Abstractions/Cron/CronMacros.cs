namespace Jobs;

/// <summary>The names that stand for common expressions.</summary>
internal static class CronMacros
{
    public const string Every = "@every";

    public const string Allowed =
        "@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @every_minute, @every_second, @every 1h30m";

    /// <summary>The fields that a macro stands for; false if there is no such macro.</summary>
    public static bool TryExpand(string name, out string fields)
    {
        fields = name.ToUpperInvariant() switch
        {
            "@YEARLY" or "@ANNUALLY" => "0 0 1 1 *",
            "@MONTHLY" => "0 0 1 * *",
            "@WEEKLY" => "0 0 * * 0",
            "@DAILY" or "@MIDNIGHT" => "0 0 * * *",
            "@HOURLY" => "0 * * * *",
            "@EVERY_MINUTE" => "* * * * *",
            "@EVERY_SECOND" => "* * * * * *",
            _ => "",
        };
        return fields.Length > 0;
    }
}
