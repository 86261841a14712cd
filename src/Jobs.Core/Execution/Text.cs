namespace Jobs.Core;

/// <summary>Bounds texts that come from outside.</summary>
internal static class Text
{
    internal static string Cut(string text, int maxChars)
    {
        if (text.Length <= maxChars) return text;
        var end = maxChars > 0 && char.IsHighSurrogate(text[maxChars - 1]) ? maxChars - 1 : maxChars;
        return text[..end];
    }
}
