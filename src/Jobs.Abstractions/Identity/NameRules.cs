namespace Jobs;

/// <summary>The one rule for names that are stored, routed by and shown to people.</summary>
internal static class NameRules
{
    internal const int MaxQueueNameChars = 64;
    internal const int MaxTaskNameChars = 200;

    internal static string Require(string? value, string kind, int maxChars)
    {
        if (string.IsNullOrEmpty(value)) throw new InvalidNameException(kind, value, "it is empty; give it at least one character");
        if (value.Length > maxChars) throw new InvalidNameException(kind, value, $"it has {value.Length} characters; use at most {maxChars}");
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':'))
                throw new InvalidNameException(kind, value, $"it contains '{c}'; use ASCII letters, digits, '-', '_', '.' and ':'");
        }

        return value;
    }
}
