using System.Text;
using Jobs.Core;

namespace Jobs.Conformance.Comparison;

/// <summary>What a store answers, as text, so that two answers can be compared whole and a difference can be read.</summary>
internal static class StoreText
{
    internal static string Of(JobRecord? job) => job is null
        ? "none"
        : string.Join(
            ' ',
            job.Id,
            job.State,
            $"{job.Terms.Queue}/{job.Id.Partition}",
            StoredText.OfTerms(job.Terms with { }),
            job.Terms.Task,
            $"group={job.Terms.GroupKey}",
            $"tags={string.Join(',', job.Terms.Tags)}",
            $"priority={job.Priority.Urgency}",
            $"sequence={job.Sequence}",
            $"key={job.UniqueKey}",
            $"enqueued={job.EnqueuedAt:O}",
            $"run={job.RunAt:O}",
            $"started={job.StartedAt:O}",
            $"finished={job.FinishedAt:O}",
            $"counts={job.Failures},{job.Deliveries},{job.LostDeliveries},{job.LastAttempt}",
            $"worker={job.Worker}",
            $"payload={Encoding.UTF8.GetString(job.Payload.Span)}",
            $"pruned={job.Notes?.PayloadPrunedAt:O}",
            $"result={(job.Result is { } result ? Encoding.UTF8.GetString(result.Span) : "null")}",
            $"notes={StoredText.OfNotes(job.Notes)}");

    internal static string Of(IEnumerable<JobRecord> jobs) => string.Join('\n', jobs.Select(Of));

    internal static string Of(CommitVerdict verdict) => verdict is CommitVerdict.CommittedExcept except
        ? "except " + string.Join(',', except.Existing.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}:{pair.Value}"))
        : verdict.ToString();

    internal static string Of(PartitionOpening opening) =>
        $"epoch {opening.Epoch}, last {opening.LastSequence}, {opening.UnfinishedJobs} jobs of {string.Join(',', opening.Tasks.Order())}\n"
        + Of(opening.Started.OrderBy(job => job.Sequence));
}
