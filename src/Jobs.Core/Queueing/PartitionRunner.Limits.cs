namespace Jobs.Core;

/// <content>
/// Room in limits that is kept for this partition. What its own worker does not take goes on to others at once; somebody elsewhere who was told
/// of it has a moment to come for it, or those who are here would always be before him.
/// </content>
internal sealed partial class PartitionRunner
{
    /// <summary>By the system's time: it is about a message and its answer.</summary>
    private static readonly TimeSpan KeepsRoomFor = TimeSpan.FromMilliseconds(250);

    private long? _keepsRoomSince;
    private bool _toldLookout;

    internal void ApplyLimitRoom(LimitBucket bucket) => _partition.HasRoom(bucket);

    private void SettleLimits()
    {
        if (!_partition.IsToldOfRoom)
        {
            _toldLookout = false;
            return;
        }

        var isCalled = _toldLookout || _workers.Values.Any(worker => _partition.Peek(worker.Eyes) is not null);
        if (isCalled && _keepsRoomSince is null)
        {
            _keepsRoomSince = TimeProvider.System.GetTimestamp();
            _ = LookAgainAsync();
        }

        if (isCalled && TimeProvider.System.GetElapsedTime(_keepsRoomSince!.Value) < KeepsRoomFor) return;
        _keepsRoomSince = null;
        _toldLookout = false;
        _partition.SettleLimits();
    }

    private async Task LookAgainAsync()
    {
        await Task.Delay(KeepsRoomFor, TimeProvider.System).ConfigureAwait(false);
        Post(PartitionMail.Wake.Instance);
    }
}
