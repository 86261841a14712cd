namespace Jobs.Crash.Tests;

/// <summary>Lets a test wait until something has happened so often.</summary>
internal sealed class LineCounter
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<(string Verb, int Count, TaskCompletionSource Reached)> _waiting = [];

    internal void Count(string verb)
    {
        lock (_gate)
        {
            var count = _counts[verb] = _counts.GetValueOrDefault(verb) + 1;
            foreach (var waiting in _waiting.Where(w => w.Verb == verb && w.Count <= count)) waiting.Reached.TrySetResult();
            _waiting.RemoveAll(w => w.Reached.Task.IsCompleted);
        }
    }

    /// <summary>Completes when it has happened so many times more.</summary>
    internal Task MoreAsync(string verb, int more)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((verb, _counts.GetValueOrDefault(verb) + more, reached));
            return reached.Task;
        }
    }
}
