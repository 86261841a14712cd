using Jobs.Core;

namespace Jobs.Sqlite;

/// <summary>A partition whose epoch was checked inside the transaction under way, and what its row has to say when the transaction ends.</summary>
internal sealed class CommitFence(long id, long storedSequence)
{
    private long? _ofUnit;
    private long _unfinishedOfUnit;

    internal long Id { get; } = id;

    /// <summary>The highest sequence number of the units that were kept; null if the table has it already.</summary>
    internal long? NewSequence { get; private set; }

    /// <summary>By how much the number of unfinished jobs changes by the units that were kept.</summary>
    internal long Unfinished { get; private set; }

    internal void Take(JobRecord? before, JobRecord? after)
    {
        if (IsUnfinished(before)) _unfinishedOfUnit--;
        if (!IsUnfinished(after)) return;
        _unfinishedOfUnit++;
        Take(after!.Sequence);
    }

    internal void KeepUnit()
    {
        NewSequence = _ofUnit ?? NewSequence;
        Unfinished += _unfinishedOfUnit;
        DropUnit();
    }

    internal void DropUnit() => (_ofUnit, _unfinishedOfUnit) = (null, 0);

    private static bool IsUnfinished(JobRecord? job) => job is not null && !job.State.IsFinal();

    private void Take(long sequence)
    {
        if (sequence > (_ofUnit ?? NewSequence ?? storedSequence)) _ofUnit = sequence;
    }
}
