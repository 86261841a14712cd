using Jobs.Grains.Contracts;

namespace Jobs.Grains;

/// <summary>
/// What the latest takes of a partition have taken, so that one whose answer was lost on the way can be repeated. Nobody else knows of these
/// leases: they are lost with the activation, and then end when their time is over.
/// </summary>
internal sealed class TakenLeases
{
    private const int MaxTakes = 64;

    private readonly OrderedDictionary<Guid, Task<LeaseToken[]>> _byTake = [];

    /// <summary>What a take has taken, or is about to; null if it is not known, or has taken nothing.</summary>
    internal Task<LeaseToken[]>? Find(TakeRequest take) => _byTake.GetValueOrDefault(take.Id);

    /// <summary>Keeps in mind what a take takes.</summary>
    internal async Task<LeasedJob[]> NoteAsync(TakeRequest take, Task<LeasedJob[]> taking)
    {
        if (_byTake.Count == MaxTakes) _byTake.RemoveAt(0);
        _byTake[take.Id] = TokensOfAsync(taking);
        LeasedJob[]? taken = null;
        try
        {
            taken = await taking;
        }
        finally
        {
            if (taken is not { Length: > 0 }) _byTake.Remove(take.Id);
        }

        return taken;
    }

    private static async Task<LeaseToken[]> TokensOfAsync(Task<LeasedJob[]> taking) => [.. (await taking).Select(job => job.Token)];
}
