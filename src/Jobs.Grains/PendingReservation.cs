using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains;

/// <summary>Places that a partition holds for jobs which somebody else commits.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Changes">The jobs as they are or will be committed.</param>
/// <param name="Forgotten">Fires when nobody has said what became of them.</param>
internal sealed record PendingReservation(EnqueueRequest Request, JobChange[] Changes, IDisposable Forgotten);
