namespace Jobs.Core.Tests.Queueing;

/// <summary>A change on its way to the store, with what the model knows of it.</summary>
internal sealed class ModelUnit(IReadOnlyList<JobChange> changes) : CommitUnit
{
    public override IReadOnlyList<JobChange> Changes { get; } = changes;

    /// <summary>The job that is new; null for other changes.</summary>
    internal ModelJob? Inserted { get; init; }

    /// <summary>The change that was staged; null for an insert and for starts.</summary>
    internal StagedChange? Staged { get; init; }

    internal ModelJob? Job { get; init; }

    internal JobEvent? Happened { get; init; }

    /// <summary>The handler whose outcome it is.</summary>
    internal ModelHandler? Handler { get; init; }

    /// <summary>It was planned on a record read from the store, which may have been out of date.</summary>
    internal bool IsFromStore { get; init; }

    internal CommitVerdict? Verdict { get; set; }

    public override void Settle(CommitVerdict verdict) => Verdict = verdict;
}
