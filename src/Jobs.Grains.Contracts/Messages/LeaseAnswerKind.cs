using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What the holder of a lease says of it. The numbers are sent: they never change their meaning.</summary>
[GenerateSerializer]
[Alias("jobs.LeaseAnswerKind")]
public enum LeaseAnswerKind
{
    /// <summary>See <see cref="ILeaseClient.AckAsync"/>.</summary>
    Ack = 0,

    /// <summary>See <see cref="ILeaseClient.NackAsync"/>.</summary>
    Nack = 1,

    /// <summary>See <see cref="ILeaseClient.DeadLetterAsync"/>.</summary>
    DeadLetter = 2,

    /// <summary>See <see cref="ILeaseClient.GiveBackAsync"/>.</summary>
    GiveBack = 3,

    /// <summary>See <see cref="ILeaseClient.ExtendAsync"/>.</summary>
    Extend = 4,
}
