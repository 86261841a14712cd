namespace Jobs.Cluster.Crash.Tests;

/// <summary>
/// Holds what the processes told against the rules, and in the end against the store. Times are those of one clock, and each was taken
/// after what it tells of, a start's before anything else of the run; so an order of times that breaks a rule is proof.
/// </summary>
internal sealed class ClusterAudit
{
    private readonly Dictionary<string, string> _committed = [];
    private readonly Dictionary<string, HashSet<string>> _returned = [];
    private readonly HashSet<string> _acknowledged = [];
    private readonly HashSet<string> _gone = [];
    private readonly Dictionary<string, List<(string Silo, string Run)>> _open = [];
    private readonly List<(string Job, string Fault)> _faults = [];

    /// <summary>What broke a rule, and the job.</summary>
    internal IReadOnlyList<(string Job, string Fault)> Faults => _faults;

    internal int Acknowledged => _acknowledged.Count;

    internal int Waiters { get; private set; }

    internal int Starts { get; private set; }

    /// <summary>Runs that a silo began although it had been frozen and taken for dead meanwhile; their outcome counts for nothing.</summary>
    internal int LateStarts { get; private set; }

    internal void Add(CrashEvent told)
    {
        switch (told.Verb)
        {
            case "ack":
                _acknowledged.Add(told.Job);
                break;
            case "start":
                Start(told);
                break;
            case "end":
                Returned(told.Job).Add(told.Detail);
                Close(told);
                break;
            case "quit":
                Close(told);
                break;
            case "done":
                Commit(told);
                break;
            case "got":
                Waiters++;
                Commit(told);
                break;
            case "killed" or "frozen" or "exited":
                _gone.Add(told.Source);
                break;
            case "fault":
                _faults.Add((told.Job, $"a call for {told.Job} failed: {told.Detail}"));
                break;
        }
    }

    /// <summary>Compares with what the store holds when everything has ended.</summary>
    internal void Close(IReadOnlyList<JobSnapshot> stored)
    {
        foreach (var twice in stored.GroupBy(job => job.Id).Where(jobs => jobs.Count() > 1))
            _faults.Add(($"{twice.Key}", $"{twice.Key} is in the store twice"));
        var byId = stored.DistinctBy(job => job.Id).ToDictionary(job => job.Id.ToString());
        foreach (var id in _acknowledged.Where(id => !byId.ContainsKey(id))) _faults.Add((id, $"{id} was acknowledged and is lost"));
        foreach (var (id, job) in byId)
        {
            if (job.State is not JobState.Completed)
            {
                _faults.Add((id, $"{id} is {job.State} in the end: {job.LastError?.Message}"));
                continue;
            }

            var result = JsonPayloadCodec.Default.Decode<string>(job.Result!.Value)!;
            if (_committed.TryGetValue(id, out var told) && told != result) _faults.Add((id, $"{id} was completed with {told}, and the store has {result}"));
            if (!Returned(id).Contains(result)) _faults.Add((id, $"{id} has the result {result} in the store, which no run returned"));
        }
    }

    private void Start(CrashEvent told)
    {
        Starts++;
        if (_gone.Contains(told.Source))
        {
            LateStarts++;
            return;
        }

        if (_committed.ContainsKey(told.Job))
            _faults.Add((told.Job, $"{told.Job} runs again on {told.Source} as {told.Detail} after its completion was committed"));
        if (!_open.TryGetValue(told.Job, out var runs)) _open.Add(told.Job, runs = []);
        if (runs.FirstOrDefault(run => !_gone.Contains(run.Silo)) is { Silo: { } other } beside)
            _faults.Add((told.Job, $"{told.Job} runs on {told.Source} as {told.Detail} while it runs on {other} as {beside.Run}"));
        runs.Add((told.Source, told.Detail));
    }

    private void Close(CrashEvent told)
    {
        if (_open.TryGetValue(told.Job, out var runs)) runs.RemoveAll(run => run.Run == told.Detail);
    }

    private void Commit(CrashEvent told)
    {
        if (!Returned(told.Job).Contains(told.Detail)) _faults.Add((told.Job, $"{told.Job} is completed with {told.Detail}, which no run returned"));
        if (!_committed.TryAdd(told.Job, told.Detail) && _committed[told.Job] != told.Detail)
            _faults.Add((told.Job, $"{told.Job} is completed with {_committed[told.Job]}, and then with {told.Detail}"));
    }

    private HashSet<string> Returned(string job)
    {
        if (!_returned.TryGetValue(job, out var results)) _returned.Add(job, results = []);
        return results;
    }
}
