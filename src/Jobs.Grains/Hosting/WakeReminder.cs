using Orleans;

namespace Jobs.Grains.Hosting;

/// <summary>
/// The one reminder of a grain. Its period says how often the grain is brought back and nothing about when something is due: that is in the
/// store. Used on the grain's turns only.
/// </summary>
internal sealed class WakeReminder(Grain grain, TimeSpan period)
{
    private const string Name = "wake";

    /// <summary>Whether there is one, as far as this activation knows.</summary>
    internal bool IsSet { get; private set; }

    /// <summary>A reminder came, so there is one.</summary>
    internal void Seen() => IsSet = true;

    /// <summary>Has a reminder, or none. One that an earlier activation left is found when it comes.</summary>
    internal async Task KeepAsync(bool isWanted)
    {
        if (isWanted == IsSet) return;
        IsSet = isWanted;
        try
        {
            if (isWanted) await grain.RegisterOrUpdateReminder(Name, period, period);
            else if (await grain.GetReminder(Name) is { } reminder) await grain.UnregisterReminder(reminder);
        }
        catch (Exception)
        {
            IsSet = !isWanted;
            throw;
        }
    }
}
