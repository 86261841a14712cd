namespace Jobs;

/// <summary>The jobs of a schedule as any client makes and finds them.</summary>
internal static class ScheduledJobs
{
    /// <summary>A schedule's task as far as it is stored: name and media type. Its options were copied when the schedule was described.</summary>
    internal static TaskDefinition TaskOf(ScheduleDefinition definition) =>
        TaskDefinition.Raw(definition.Task, options => options.Codec = new EncodedBefore(definition.ContentType));

    /// <summary>The options of a job of the schedule, for an occurrence or beside all of them.</summary>
    internal static EnqueueOptions OptionsOf(ScheduleDefinition definition, DateTimeOffset time)
    {
        var options = definition.Options;
        options.Queue = definition.Queue;
        options.Headers[ScheduleHeaders.Schedule] = definition.Id.Value;
        options.Headers[ScheduleHeaders.Time] = ScheduleHeaders.Text(time);
        if (definition.Overlap is OverlapPolicy.QueueOne) options.GroupKey = "schedule/" + definition.Id;
        return options;
    }

    /// <summary>Enqueues a job beside all occurrences.</summary>
    internal static async ValueTask<JobHandle> TriggerAsync(
        IJobClient client, ScheduleDefinition definition, DateTimeOffset now, CancellationToken cancellation)
    {
        var job = new EncodedJob(TaskOf(definition), definition.Payload, OptionsOf(definition, now));
        return (await client.EnqueueAsync([job], cancellation).ConfigureAwait(false))[0];
    }

    /// <summary>Deletes the jobs of a schedule that nobody has started.</summary>
    /// <returns>How many.</returns>
    internal static async ValueTask<int> DeleteWaitingAsync(IJobClient client, ScheduleDefinition definition, CancellationToken cancellation)
    {
        var deleted = 0;
        JobId? after = null;
        while (true)
        {
            var query = new JobQuery
            {
                Queue = definition.Queue,
                Task = definition.Task,
                States = [JobState.Scheduled, JobState.Pending],
                PageJobs = JobQuery.MaxPageJobs,
                NewestFirst = false,
                After = after,
            };
            var page = await client.ListAsync(query, cancellation).ConfigureAwait(false);
            foreach (var job in page)
            {
                after = job.Id;
                if (job.Deliveries > 0 || job.Headers.GetValueOrDefault(ScheduleHeaders.Schedule) != definition.Id.Value) continue;
                try
                {
                    await client.DeleteAsync(job.Id, whenRunning: false, cancellation).ConfigureAwait(false);
                    deleted++;
                }
                catch (Exception e) when (e is WrongJobStateException or JobNotFoundException)
                {
                    // It has started or ended since it was listed.
                }
            }

            if (page.Count < JobQuery.MaxPageJobs) return deleted;
        }
    }

    /// <summary>Checks how many schedules, or times of one, are asked for.</summary>
    internal static void RequireBetween(string option, int value, int least, int most)
    {
        if (value < least || value > most) throw new InvalidJobOptionException(option, value, $"use a number from {least} to {most}");
    }

    private sealed class EncodedBefore(string contentType) : IPayloadCodec
    {
        public string ContentType => contentType;

        public ReadOnlyMemory<byte> Encode<T>(T value) => RawPayloadCodec.Instance.Encode(value);

        public T? Decode<T>(ReadOnlyMemory<byte> bytes) => RawPayloadCodec.Instance.Decode<T>(bytes);
    }
}
