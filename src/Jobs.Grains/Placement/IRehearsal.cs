using Orleans;
using Orleans.Runtime;

namespace Jobs.Grains.Placement;

/// <summary>A grain without any work that goes from one silo to another; see <see cref="MoveRehearsal"/>.</summary>
[Alias("jobs.IRehearsal")]
internal interface IRehearsal : IGrainWithStringKey
{
    /// <summary>Sends it to another silo.</summary>
    /// <returns>Where it was.</returns>
    [Alias("Go")]
    Task<SiloAddress> GoAsync(SiloAddress to);

    /// <summary>Ends it.</summary>
    /// <returns>Where it was.</returns>
    [Alias("End")]
    Task<SiloAddress> EndAsync();
}
