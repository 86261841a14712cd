namespace Jobs.Core;

/// <summary>Counts for one task on one queue.</summary>
internal sealed class TaskRecorder(QueueName queue, string task)
{
    private const int Seconds = 60;

    private readonly Lock _gate = new();
    private readonly DurationHistogram _wait = new();
    private readonly DurationHistogram _run = new();

    // A slot for each second of the last minute, and which second it is of.
    private readonly long[] _completedIn = new long[Seconds];
    private readonly long[] _second = new long[Seconds];
    private TaskStatistics _counts = new() { Queue = queue, Task = task };

    internal void Count(Func<TaskStatistics, TaskStatistics> count)
    {
        lock (_gate) _counts = count(_counts);
    }

    internal void Started(TimeSpan waited)
    {
        lock (_gate)
        {
            _counts = _counts with { Started = _counts.Started + 1 };
            _wait.Record(waited);
        }
    }

    internal void Ran(TimeSpan took)
    {
        lock (_gate) _run.Record(took);
    }

    internal void Completed(DateTimeOffset at)
    {
        var second = at.ToUnixTimeSeconds();
        lock (_gate)
        {
            _counts = _counts with { Completed = _counts.Completed + 1 };
            var slot = (int)(second % Seconds);
            if (_second[slot] < second) (_second[slot], _completedIn[slot]) = (second, 0);
            if (_second[slot] == second) _completedIn[slot]++;
        }
    }

    /// <summary>Adds what was counted here to a total that nobody else has.</summary>
    internal void AddTo(TaskRecorder total)
    {
        lock (_gate)
        {
            total._counts = total._counts.Plus(_counts);
            total._wait.Add(_wait);
            total._run.Add(_run);
            for (var slot = 0; slot < Seconds; slot++)
            {
                if (total._second[slot] < _second[slot]) (total._second[slot], total._completedIn[slot]) = (_second[slot], 0);
                if (total._second[slot] == _second[slot]) total._completedIn[slot] += _completedIn[slot];
            }
        }
    }

    internal TaskStatistics Read(DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        lock (_gate)
        {
            var lastMinute = 0L;
            for (var slot = 0; slot < Seconds; slot++)
            {
                if (_second[slot] > second - Seconds && _second[slot] <= second) lastMinute += _completedIn[slot];
            }

            return _counts with { CompletedLastMinute = lastMinute, Wait = _wait.Summarize(), Run = _run.Summarize() };
        }
    }
}
