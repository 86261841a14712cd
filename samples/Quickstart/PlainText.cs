namespace Quickstart;

/// <summary>File names may hold anything, line breaks and terminal commands included; what is shown holds none.</summary>
internal static class PlainText
{
    internal static string Of(string text) => string.Create(text.Length, text, static (shown, text) =>
    {
        for (var i = 0; i < shown.Length; i++) shown[i] = char.IsControl(text[i]) ? '?' : text[i];
    });
}
