using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <summary>The ended jobs under the ids of a request that it would have to name to replace them.</summary>
internal sealed class UnnamedIds
{
    private readonly Dictionary<JobId, long> _places = [];
    private JobId? _unsure;

    /// <summary>What the sender is told; null if there are none.</summary>
    internal EnqueueReply? Reply => _unsure is { } id ? new EnqueueReply { UnsureOf = id }
        : _places.Count > 0 ? new EnqueueReply { Ended = _places }
        : null;

    internal void Add(EnqueueRequest request, NewJobMessage job, JobRecord ended, DateTimeOffset now)
    {
        if (!IdReuse.IsBefore(request, job, ended, now)) _unsure = job.Id;
        _places[job.Id] = ended.Sequence;
    }
}
