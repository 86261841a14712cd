using Jobs.CrashWorker;

namespace Jobs.Crash.Tests;

/// <summary>
/// Holds what processes told before they were killed against the rules, and in the end against the store. A line was written after what
/// it tells of, and nothing is told before it is committed, so an order of lines that breaks a rule is proof.
/// </summary>
internal sealed class CrashAudit
{
    private readonly Dictionary<string, TrackedJob> _jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TrackedJob>> _byGroup = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TrackedJob>> _byKey = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = [];
    private readonly HashSet<TrackedJob> _running = [];
    private readonly List<string> _faults = [];

    /// <summary>What broke a rule.</summary>
    internal IReadOnlyList<string> Faults => _faults;

    internal int Acknowledged => _jobs.Values.Count(job => job.IsAcknowledged);

    internal int Completions => _jobs.Values.Count(job => job.Committed is not null);

    internal int Refused => _refused.Count;

    internal void Add(JournalLine line)
    {
        switch (line.Verb, line.Words)
        {
            case ("ack", [var id, var name, var group, var how]):
                Acknowledge(Of(id), name, group, how);
                break;
            case ("start", [var id, var name, var group, var key]):
                Start(Of(id), name, group, key);
                break;
            case ("fail", [var id]):
                Of(id).Failures++;
                _running.Remove(Of(id));
                break;
            case ("end", [var id, var result]):
                Of(id).Returned.Add(result);
                _running.Remove(Of(id));
                break;
            case ("done", [var id, var result]):
                Complete(Of(id), result);
                break;
            case ("refused", [var name]):
                _refused.Add(name);
                break;
            case ("error", [var error, var text]):
                _faults.Add($"the worker reported {error}: {text.Replace('_', ' ')}");
                break;
        }
    }

    /// <summary>The process is gone, and with it what it ran.</summary>
    internal void Kill() => _running.Clear();

    /// <summary>Compares with what the store holds when everything has ended.</summary>
    internal void Close(IReadOnlyList<JobSnapshot> stored)
    {
        foreach (var twice in stored.GroupBy(job => job.Id).Where(jobs => jobs.Count() > 1)) _faults.Add($"{twice.Key} is in the store twice");
        var byId = stored.DistinctBy(job => job.Id).ToDictionary(job => job.Id.ToString());
        foreach (var job in _jobs.Values)
        {
            if (!byId.TryGetValue(job.Id, out var found)) _faults.Add($"{job} is lost, acknowledged: {job.IsAcknowledged}");
            else CloseJob(job, found);
        }

        foreach (var job in stored.Where(job => job.State is not JobState.Completed)) _faults.Add($"{job.Id} is {job.State} in the end: {job.Reason}");
        foreach (var together in stored.SelectMany(job => job.Tags).Where(tag => tag.StartsWith("together-", StringComparison.Ordinal)).CountBy(tag => tag))
        {
            if (together.Key.Split('-')[1] != $"{together.Value}") _faults.Add($"of {together.Key} there are {together.Value}");
        }
    }

    private void Acknowledge(TrackedJob job, string name, string group, string how)
    {
        if (how is "new" && job.IsAcknowledgedAsNew) _faults.Add($"{job} is acknowledged as new for the second time");
        if (how is not "old") job.Name = name;
        job.IsAcknowledged = true;
        job.IsAcknowledgedAsNew |= how is "new";
        if (group is not "-") Members(_byGroup, group, job);
    }

    private void Start(TrackedJob job, string name, string group, string key)
    {
        job.Name = name;
        if (_refused.Contains(name)) _faults.Add($"{job} runs, although its enqueue was refused");
        if (job.Committed is not null) _faults.Add($"{job} runs again after its completion was committed");
        if (!_running.Add(job)) _faults.Add($"{job} runs twice at the same time");
        if (group is not "-") StartInGroup(Members(_byGroup, group, job), job, group);
        if (key is not "-")
        {
            foreach (var other in Members(_byKey, key, job).Where(other => other != job && !other.HasEnded && other.HasStarted))
                _faults.Add($"{job} runs although {other} of the key {key} has not ended");
        }

        job.HasStarted = true;
    }

    private void StartInGroup(List<TrackedJob> members, TrackedJob job, string group)
    {
        foreach (var other in members.Where(other => other != job))
        {
            if (_running.Contains(other)) _faults.Add($"{job} runs beside {other} in the group {group}");
            if (other.Ordinal < job.Ordinal && !other.HasEnded) _faults.Add($"{job} runs before {other} has ended in the group {group}");
            if (other.Ordinal > job.Ordinal && other.HasStarted) _faults.Add($"{job} runs after {other} in the group {group}");
        }
    }

    private void Complete(TrackedJob job, string result)
    {
        if (!job.Returned.Contains(result)) _faults.Add($"{job} is completed with {result}, which no run returned");
        if (job.Committed is { } before && before != result) _faults.Add($"{job} is completed with {before}, and then with {result}");
        job.Committed = result;
    }

    private void CloseJob(TrackedJob job, JobSnapshot found)
    {
        var result = CrashResults.Of(found);
        var fails = JsonPayloadCodec.Default.Decode<CrashJob>(found.Payload)!.Fails;
        if (job.Committed is { } told && told != result) _faults.Add($"{job} was completed with {told}, and the store has {result}");
        if (!job.Returned.Contains(result)) _faults.Add($"{job} has the result {result} in the store, which no run returned");
        if (found.Failures != fails) _faults.Add($"{job} failed {fails} times, and the store has counted {found.Failures}");
        if (job.Failures < fails) _faults.Add($"{job} was to fail {fails} times, and its handler did so {job.Failures} times");
        if (job.Name is { } name && _refused.Contains(name)) _faults.Add($"{job} is in the store, although its enqueue was refused");
    }

    private TrackedJob Of(string id)
    {
        if (!_jobs.TryGetValue(id, out var job)) _jobs.Add(id, job = new TrackedJob(id));
        return job;
    }

    private static List<TrackedJob> Members(Dictionary<string, List<TrackedJob>> all, string key, TrackedJob job)
    {
        if (!all.TryGetValue(key, out var members)) all.Add(key, members = []);
        if (!members.Contains(job)) members.Add(job);
        return members;
    }
}
