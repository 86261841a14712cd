using Jobs;

namespace Quickstart;

/// <summary>What is shown at the end; paths are below the folder, and jobs are counted as far as the store keeps their records.</summary>
internal sealed record SearchReport(
    IReadOnlyList<DuplicateGroup> Duplicates, IReadOnlyList<FailedFile> Failed, IReadOnlyList<(QueueName Queue, JobCounts Counts)> Jobs)
{
    internal static IReadOnlyList<JobState> States { get; } = Enum.GetValues<JobState>();

    internal string Headline => Duplicates.Count == 0
        ? "No duplicates."
        : $"Groups of duplicates: {Duplicates.Count:N0}; {Duplicates.Sum(group => group.WastedBytes):N0} bytes could be freed.";
}
