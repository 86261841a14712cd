namespace Jobs.Core;

/// <summary>Ready jobs of one task and limit key, which were taken out of the task's lane because a limit has no room for them.</summary>
internal sealed class LimitLine(string task, string key, JobWindow window)
{
    internal string Task => task;

    internal string Key => key;

    internal JobWindow Window => window;

    /// <summary>The bucket that the line waits for; null if its first job may be tried.</summary>
    internal LimitBucket? WaitsFor { get; set; }

    /// <summary>True if neither the window nor the store has a job for it.</summary>
    internal bool IsOver => window.Heap.Count == 0 && window.Bound is null && !window.Loading;
}
