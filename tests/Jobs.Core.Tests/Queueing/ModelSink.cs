namespace Jobs.Core.Tests.Queueing;

/// <summary>A worker with few slots, limits per task, and maybe not all tasks.</summary>
internal sealed class ModelSink(string worker, int slots, IReadOnlyDictionary<string, int> taskLimits) : IJobSink
{
    private readonly Dictionary<string, int> _used = [];

    public string Worker { get; } = worker;

    internal int Free { get; private set; } = slots;

    public bool Supports(string task) => taskLimits.ContainsKey(task);

    public int ReserveSlots(int wanted)
    {
        var taken = Math.Min(Free, wanted);
        Free -= taken;
        return taken;
    }

    public void ReleaseSlots(int count) => Free += count;

    public bool TryReserveTask(string task)
    {
        if (!HasTaskSlot(task)) return false;
        _used[task] = _used.GetValueOrDefault(task) + 1;
        return true;
    }

    public bool IsTaking => true;

    public void ReleaseTask(string task) => Release(task);

    public void Start(IReadOnlyList<Assignment> assignments) => throw new InvalidOperationException("The model hands out by itself.");

    internal bool HasTaskSlot(string task) => _used.GetValueOrDefault(task) < taskLimits[task];

    /// <summary>Goes back to before these were handed out, so that they can be looked at one by one.</summary>
    internal void Rewind(IEnumerable<Assignment> assignments)
    {
        foreach (var assignment in assignments) Release(assignment.Job.Terms.Task);
    }

    internal void Forward(Assignment assignment)
    {
        Free--;
        _used[assignment.Job.Terms.Task] = _used.GetValueOrDefault(assignment.Job.Terms.Task) + 1;
    }

    internal void Release(string task)
    {
        Free++;
        _used[task]--;
    }
}
