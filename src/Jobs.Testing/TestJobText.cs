using System.Globalization;
using System.Text;

namespace Jobs.Testing;

/// <summary>Shows jobs to whoever reads a failed assertion.</summary>
internal static class TestJobText
{
    private const int MaxPayloadChars = 200;
    private const int MaxListedJobs = 20;

    internal static string Payload(JobSnapshot job)
    {
        if (!job.ContentType.Contains("json", StringComparison.Ordinal) || PayloadProtection.IsProtected(job.ContentType))
            return $"<{job.Payload.Length} bytes>";
        var text = Encoding.UTF8.GetString(job.Payload.Span);
        return text.Length <= MaxPayloadChars ? text : text[..MaxPayloadChars] + "…";
    }

    internal static string When(JobSnapshot job) => job.State is JobState.Scheduled or JobState.Retrying
        ? string.Create(CultureInfo.InvariantCulture, $" for {job.RunAt:yyyy-MM-dd HH:mm:ss}")
        : "";

    internal static string Failure(string? message, string expected, IReadOnlyList<TestJob> found)
    {
        var text = new StringBuilder();
        if (!string.IsNullOrEmpty(message)) text.Append(message).Append(": ");
        text.Append("expected ").Append(expected).Append(", but found ");
        if (found.Count == 0) return text.Append("no job.").ToString();
        text.Append(found.Count == 1 ? "one job:" : string.Create(CultureInfo.InvariantCulture, $"{found.Count} jobs:"));
        for (var i = 0; i < Math.Min(found.Count, MaxListedJobs); i++)
            text.Append(CultureInfo.InvariantCulture, $"\n  {i + 1}. {found[i]}");
        if (found.Count > MaxListedJobs) text.Append(CultureInfo.InvariantCulture, $"\n  … and {found.Count - MaxListedJobs} more");
        return text.ToString();
    }
}
