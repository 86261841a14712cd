using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Jobs;

/// <summary>
/// Reads the duration of <c>@every</c>: numbers with the units d, h, m, s and ms in a row, such as 1h30m or 1.5d.
/// </summary>
internal static class CronDuration
{
    private const string Field = "duration";
    private const string Remedy = "Allowed: numbers followed by d, h, m, s or ms, for example @every 1h30m.";

    /// <summary>Longer waits are a mistake, and their sum could leave the calendar.</summary>
    private const int MaxDays = 36_525;

    /// <summary>
    /// Takes the words of the whole expression, of which the second is the duration, and drops fractions of a second.
    /// </summary>
    public static bool TryParse(
        string text, List<CronWord> words, out long seconds, [NotNullWhen(false)] out CronFormatException? error)
    {
        seconds = 0;
        if (words.Count != 2)
        {
            var position = words.Count > 2 ? words[2].Start : text.Length;
            error = Fail(text, position, "After @every comes one duration without blanks.");
            return false;
        }

        var total = 0m;
        for (var index = words[1].Start; index < words[1].End;)
        {
            if (!TryReadPart(text, words[1], ref index, out var part, out error)) return false;
            total += part;
            if (total <= MaxDays * 86_400m) continue;
            error = Fail(text, words[1].Start, $"The duration is longer than {MaxDays} days.");
            return false;
        }

        error = total < 1 ? Fail(text, words[1].Start, "The duration is shorter than 1 second.") : null;
        seconds = (long)total;
        return error == null;
    }

    private static bool TryReadPart(
        string text,
        CronWord word,
        ref int index,
        out decimal seconds,
        [NotNullWhen(false)] out CronFormatException? error)
    {
        seconds = 0;
        error = null;
        var start = index;
        while (index < word.End && (char.IsAsciiDigit(text[index]) || text[index] == '.')) index++;
        var number = text[start..index];
        const NumberStyles styles = NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(number, styles, CultureInfo.InvariantCulture, out var count) || count > int.MaxValue)
        {
            var problem = number.Length == 0 ? "A number is missing." : $"{number} is not a usable number.";
            error = Fail(text, start, problem);
            return false;
        }

        var unitStart = index;
        while (index < word.End && char.IsAsciiLetter(text[index])) index++;
        var unit = SecondsOf(text[unitStart..index]);
        if (unit == 0)
        {
            error = Fail(text, unitStart, $"The unit of {number} is missing or not known.");
            return false;
        }

        seconds = count * unit;
        return true;
    }

    private static decimal SecondsOf(string unit) => unit.ToUpperInvariant() switch
    {
        "D" => 86_400m,
        "H" => 3_600m,
        "M" => 60m,
        "S" => 1m,
        "MS" => 0.001m,
        _ => 0m,
    };

    private static CronFormatException Fail(string text, int position, string problem) =>
        new(text, position, Field, $"{problem} {Remedy}");
}
