namespace Jobs.Sqlite;

/// <summary>A partition whose epoch was checked inside the transaction under way, and the sequence numbers that its jobs used.</summary>
internal sealed class CommitFence(long id, long storedSequence)
{
    private long? _ofUnit;

    internal long Id { get; } = id;

    /// <summary>The highest sequence number of the units that were kept; null if the table has it already.</summary>
    internal long? NewSequence { get; private set; }

    internal void Take(long sequence)
    {
        if (sequence > (_ofUnit ?? NewSequence ?? storedSequence)) _ofUnit = sequence;
    }

    internal void KeepUnit() => (NewSequence, _ofUnit) = (_ofUnit ?? NewSequence, null);

    internal void DropUnit() => _ofUnit = null;
}
