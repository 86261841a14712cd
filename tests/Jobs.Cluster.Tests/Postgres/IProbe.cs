namespace Jobs.Cluster.Tests.Postgres;

/// <summary>A grain that keeps a number and can be reminded.</summary>
[Alias("Jobs.Cluster.Tests.IProbe")]
public interface IProbe : IGrainWithStringKey
{
    /// <summary>Stores a number and forgets the activation, so that the next call reads it back.</summary>
    [Alias("Keep")]
    Task KeepAsync(int number);

    [Alias("Read")]
    Task<int> ReadAsync();

    [Alias("Clear")]
    Task ClearAsync();

    /// <summary>Asks to be reminded every second, and returns when the reminder has come.</summary>
    [Alias("WaitForReminder")]
    Task WaitForReminderAsync();
}
