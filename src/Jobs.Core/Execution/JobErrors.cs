namespace Jobs.Core;

/// <summary>Turns whatever was thrown into an error that can be kept; an exception that cannot even be read included.</summary>
internal static class JobErrors
{
    internal static JobError From(Exception exception, int attempt, DateTimeOffset now, JobLimits limits) => new(
        attempt,
        now,
        exception.GetType().FullName ?? exception.GetType().Name,
        Text.Cut(Read(() => exception.Message), limits.MaxErrorChars),
        Text.Cut(Read(() => exception.StackTrace ?? ""), limits.MaxStackChars) is { Length: > 0 } stack ? stack : null);

    private static string Read(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
        {
            return $"(the exception could not be read: {e.GetType().Name})";
        }
    }
}
