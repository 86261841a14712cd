using Jobs;

namespace Quickstart;

/// <summary>What the search has found so far; safe for many threads.</summary>
internal sealed class Findings
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FileHash, List<string>> _pathsByHash = [];
    private readonly List<FailedFile> _failed = [];
    private readonly HashSet<JobId> _hashed = [];

    /// <summary>How many files there are to hash.</summary>
    internal int Total { get; set; }

    /// <summary>How many are hashed or given up.</summary>
    internal int Done { get; private set; }

    /// <summary>How much was hashed.</summary>
    internal long Bytes { get; private set; }

    /// <summary>How many of them an earlier run has hashed.</summary>
    internal int Known { get; private set; }

    /// <summary>Notes that a job was run by this process.</summary>
    internal void NoteHashed(JobId job)
    {
        lock (_gate) _hashed.Add(job);
    }

    internal void Add(string path, JobId job, FileHash hash)
    {
        lock (_gate)
        {
            Done++;
            if (_hashed.Contains(job)) Bytes += hash.Bytes;
            else Known++;
            if (!_pathsByHash.TryGetValue(hash, out var paths)) _pathsByHash.Add(hash, paths = []);
            paths.Add(path);
        }
    }

    internal void Add(FailedFile failed)
    {
        lock (_gate)
        {
            Done++;
            _failed.Add(failed);
        }
    }

    /// <summary>The groups of equal files, those first that waste most.</summary>
    internal IReadOnlyList<DuplicateGroup> Duplicates()
    {
        lock (_gate)
        {
            return [.. _pathsByHash.Where(found => found.Value.Count > 1)
                .Select(found => new DuplicateGroup(found.Key, [.. found.Value.Order(StringComparer.Ordinal)]))
                .OrderByDescending(group => group.WastedBytes).ThenBy(group => group.Paths[0], StringComparer.Ordinal)];
        }
    }

    internal IReadOnlyList<FailedFile> Failed()
    {
        lock (_gate) return [.. _failed];
    }
}
