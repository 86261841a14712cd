using System.Diagnostics;

namespace Jobs.Cluster.Crash.Tests;

/// <summary>Everything that was told by anybody; tests wait here for what they need.</summary>
internal sealed class EventLog
{
    private readonly Lock _gate = new();
    private readonly List<CrashEvent> _events = [];
    private readonly List<(Func<CrashEvent, bool> Wanted, TaskCompletionSource<CrashEvent> Seen)> _waiting = [];

    /// <summary>Tells what the test itself knows or does.</summary>
    internal long Tell(string source, string verb, string job = "", string detail = "")
    {
        var now = Stopwatch.GetTimestamp();
        Add(new CrashEvent(now, source, verb, job, detail));
        return now;
    }

    internal void Add(CrashEvent told)
    {
        lock (_gate)
        {
            _events.Add(told);
            foreach (var (wanted, seen) in _waiting)
            {
                if (wanted(told)) seen.TrySetResult(told);
            }

            _waiting.RemoveAll(w => w.Seen.Task.IsCompleted);
        }
    }

    /// <summary>The first such event, of those that have been or of those to come.</summary>
    internal Task<CrashEvent> FirstAsync(Func<CrashEvent, bool> wanted)
    {
        lock (_gate)
        {
            if (_events.Find(e => wanted(e)) is { } told) return Task.FromResult(told);
            var seen = new TaskCompletionSource<CrashEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, seen));
            return seen.Task;
        }
    }

    /// <summary>Returns when so many more of a kind have come.</summary>
    internal Task MoreAsync(string verb, int more)
    {
        lock (_gate)
        {
            var seen = new TaskCompletionSource<CrashEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((e => e.Verb == verb && --more <= 0, seen));
            return seen.Task;
        }
    }

    /// <summary>All of them in the order of their times.</summary>
    internal IReadOnlyList<CrashEvent> InOrder()
    {
        lock (_gate) return [.. _events.OrderBy(e => e.At)];
    }
}
