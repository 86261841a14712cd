using System.Diagnostics.CodeAnalysis;

namespace Jobs;

/// <summary>What a text means: six fields, or an interval.</summary>
/// <param name="Fields">Second, minute, hour, day of month, month, weekday; empty for an interval.</param>
/// <param name="IntervalSeconds">The whole seconds of <c>@every</c>; 0 for fields.</param>
internal sealed record CronSyntax(IReadOnlyList<CronFieldValue> Fields, long IntervalSeconds);

/// <summary>
/// Splits a text into fields or a macro. Errors are values: the first one found wins and carries its position.
/// </summary>
internal static class CronParser
{
    private const string Whole = "expression";
    private const string Remedy =
        "Write 5 fields (minute, hour, day of month, month, weekday), 6 with seconds first, or a macro such as @daily.";

    private static readonly CronField[] SixFields =
        [CronField.Second, CronField.Minute, CronField.Hour, CronField.DayOfMonth, CronField.Month, CronField.Weekday];

    /// <summary>The seconds of an expression that has no field for them.</summary>
    private static readonly CronFieldValue StartOfMinute =
        new(CronField.Second, 0, "0", [new CronItem(CronItemKind.Value, 0, 0, 1)]);

    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out CronSyntax? syntax,
        [NotNullWhen(false)] out CronFormatException? error)
    {
        syntax = null;
        error = CheckLength(text);
        if (error != null) return false;

        var words = Split(text!);
        if (words.Count == 0)
        {
            error = new CronFormatException(text!, 0, Whole, "The expression is empty. " + Remedy);
            return false;
        }

        return text![words[0].Start] == '@'
            ? TryParseMacro(text, words, out syntax, out error)
            : TryParseFields(text, words, out syntax, out error);
    }

    private static CronFormatException? CheckLength(string? text)
    {
        if (text == null) return new CronFormatException("", 0, Whole, "There is no expression. " + Remedy);
        if (text.Length <= CronExpression.MaxLengthChars) return null;
        return new CronFormatException(
            text[..CronExpression.MaxLengthChars],
            CronExpression.MaxLengthChars,
            Whole,
            $"The expression has {text.Length} characters. Allowed: {CronExpression.MaxLengthChars}. " +
            "Use ranges and steps, or split it into several schedules.");
    }

    private static bool TryParseMacro(
        string text,
        List<CronWord> words,
        [NotNullWhen(true)] out CronSyntax? syntax,
        [NotNullWhen(false)] out CronFormatException? error)
    {
        syntax = null;
        var name = words[0].Of(text);
        if (name.Equals(CronMacros.Every, StringComparison.OrdinalIgnoreCase))
        {
            if (!CronDuration.TryParse(text, words, out var seconds, out error)) return false;
            syntax = new CronSyntax([], seconds);
            return true;
        }

        if (!CronMacros.TryExpand(name, out var expansion))
        {
            error = new CronFormatException(
                text, words[0].Start, "macro", $"The macro {name} is not known. Allowed: {CronMacros.Allowed}.");
            return false;
        }

        if (words.Count > 1)
        {
            error = new CronFormatException(
                text, words[1].Start, "macro", $"Nothing may follow {name}. Remove the rest, or write the fields out.");
            return false;
        }

        return TryParseFields(expansion, Split(expansion), out syntax, out error);
    }

    private static bool TryParseFields(
        string text,
        List<CronWord> words,
        [NotNullWhen(true)] out CronSyntax? syntax,
        [NotNullWhen(false)] out CronFormatException? error)
    {
        syntax = null;
        if (words.Count is not (5 or 6))
        {
            var position = words.Count > 6 ? words[6].Start : text.Length;
            error = new CronFormatException(text, position, Whole, $"The number of fields is {words.Count}. {Remedy}");
            return false;
        }

        var fields = new CronFieldValue[SixFields.Length];
        var missing = SixFields.Length - words.Count;
        if (missing == 1) fields[0] = StartOfMinute;
        for (var i = 0; i < words.Count; i++)
        {
            var parser = new CronFieldParser(SixFields[i + missing], text, words[i]);
            if (!parser.TryParse(out fields[i + missing]!, out error)) return false;
        }

        error = null;
        syntax = new CronSyntax(fields, 0);
        return true;
    }

    private static List<CronWord> Split(string text)
    {
        var words = new List<CronWord>();
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i])) i++;
            if (i > start) words.Add(new CronWord(start, i));
            else i++;
        }

        return words;
    }
}

/// <summary>A run of characters without blanks: its first index and the one after its last.</summary>
internal readonly record struct CronWord(int Start, int End)
{
    public string Of(string text) => text[Start..End];
}
