namespace Jobs.Core;

/// <content>Knowing which schedules there are: all at first and after an outage, then what is new.</content>
internal sealed partial class ScheduleRunner
{
    /// <summary>Reads what is new in the store, if it is time to.</summary>
    private async Task<bool> ReadAsync()
    {
        if (_wasRead && _clock.GetElapsedTime(_readAt) < _options.RefreshTime) return true;
        try
        {
            lock (_gate) _fresh = [];
            if (_wasRead) await ReadNewsAsync().ConfigureAwait(false);
            else await ReadAllAsync().ConfigureAwait(false);
            (_wasRead, _readFailures, _readAt) = (true, 0, _clock.GetTimestamp());
            return true;
        }
        catch (Exception e)
        {
            // After an outage everything is read, because nobody knows what was missed.
            _wasRead = false;
            _readFailures++;
            if (!_stopping.IsCancellationRequested) ScheduleLog.NotRead(_log, e, RetryAfter(_readFailures).TotalSeconds);
            return false;
        }
        finally
        {
            lock (_gate) _fresh = null;
        }
    }

    private async Task ReadAllAsync()
    {
        ScheduleId? after = null;
        while (true)
        {
            var page = await _store.ListSchedulesAsync(after, MaxSchedulesPerPage, _stopping.Token).ConfigureAwait(false);
            lock (_gate)
            {
                foreach (var schedule in page) KeepRead(schedule);
            }

            if (page.Count < MaxSchedulesPerPage) return;
            after = page[^1].Id;
        }
    }

    private async Task ReadNewsAsync()
    {
        var versions = await _store.ListScheduleVersionsAsync(_stopping.Token).ConfigureAwait(false);
        List<ScheduleId> news;
        lock (_gate)
        {
            _agenda.ForgetAllBut(versions, _fresh!);
            news = [.. versions.Where(v => _agenda.IsNews(v.Key, v.Value)).Select(v => v.Key)];
        }

        foreach (var id in news)
        {
            if (await _store.FindScheduleAsync(id, _stopping.Token).ConfigureAwait(false) is not { } schedule) continue;
            lock (_gate) KeepRead(schedule);
        }
    }

    private void KeepRead(ScheduleRecord schedule)
    {
        if (!_fresh!.Contains(schedule.Id)) KeepNews(schedule);
    }

    private void KeepNews(ScheduleRecord schedule)
    {
        var followed = schedule;
        if (schedule.Definition.Scope is ScheduleScope.EveryNode)
        {
            try
            {
                followed = SchedulePlan.OnNode(schedule, _agenda.OwnOf(schedule.Id), _clock.GetUtcNow());
                _agenda.SetOwn(followed);
            }
            catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException)
            {
                ScheduleLog.Failed(_log, e, schedule.Id, LongestTimer.TotalSeconds);
                followed = schedule with { Next = null };
            }
        }

        _agenda.Keep(schedule.Id, schedule.Version, followed.IsPaused ? null : followed.Next);
    }
}
