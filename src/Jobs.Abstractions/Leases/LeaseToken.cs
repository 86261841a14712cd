using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Jobs;

/// <summary>
/// What answers a lease: the job and the number of its delivery. It can be written down and used by another process, or after a restart;
/// it is worth nothing any more once the job was handed out again.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Delivery">The number of the delivery, from 1.</param>
public readonly record struct LeaseToken(JobId Job, int Delivery)
{
    /// <summary>Reads a token from its text form.</summary>
    /// <exception cref="FormatException">The text is no token.</exception>
    public static LeaseToken Parse(string text) => TryParse(text, out var token)
        ? token
        : throw new FormatException($"'{text}' is not a lease token. One looks like 01932c07-9e3a-7c41-8000-0123456789ab/1.");

    /// <summary>Reads a token from its text form; false if the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LeaseToken token)
    {
        token = default;
        var at = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (at < 0 || !JobId.TryParse(text![..at], out var job)) return false;
        if (!int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var delivery) || delivery < 1) return false;
        token = new LeaseToken(job, delivery);
        return true;
    }

    /// <summary>The job's id, a slash, and the delivery.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Job}/{Delivery}");
}
