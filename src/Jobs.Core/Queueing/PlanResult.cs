namespace Jobs.Core;

/// <summary>The answer to a planned change.</summary>
/// <param name="Verdict">The answer.</param>
/// <param name="Change">The staged change, or the one that is in the way.</param>
/// <param name="State">The state that refused it.</param>
/// <param name="PayloadPrunedAt">When the payload was removed, if that is why it is refused.</param>
public readonly record struct PlanResult(
    PlanVerdict Verdict, StagedChange? Change = null, JobState State = default, DateTimeOffset? PayloadPrunedAt = null);
