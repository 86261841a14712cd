namespace Jobs;

/// <summary>The small pieces of English that descriptions are made of.</summary>
internal static class CronWords
{
    /// <summary>Joins by commas, with "and" before the last.</summary>
    public static string Join(IReadOnlyList<string> words) =>
        words.Count < 2 ? string.Concat(words) : string.Join(", ", words.Take(words.Count - 1)) + " and " + words[^1];

    /// <summary>2nd, 3rd, 11th and so on.</summary>
    public static string Ordinal(int number)
    {
        var isTeen = number / 10 % 10 == 1;
        var ending = (number % 10) switch
        {
            1 when !isTeen => "st",
            2 when !isTeen => "nd",
            3 when !isTeen => "rd",
            _ => "th",
        };
        return number + ending;
    }

    public static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
