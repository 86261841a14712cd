using System.Text;
using Jobs.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Examples.Tasks;

/// <summary>Seed 002: typed tasks, stored results, batches, cancelling.</summary>
public abstract class TasksExampleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly Photo Lake = new("lake", 600, 400);

    private readonly PhotoStudio _studio = new();

    [Fact]
    public async Task Pictures_are_measured_and_the_sizes_come_back()
    {
        var jobs = await StartClientAsync(b => b.AddModule(_studio));
        Assert.Equal(new PhotoSize(240_000), await PhotoStudio.MeasureNowAsync(jobs, Lake).Soon());

        // The id is all that has to be kept.
        var id = (await jobs.EnqueueAsync(PhotoStudio.Measure, Lake, o => o.At(Now + Minute)).Soon()).Id;
        var size = jobs.Handle(PhotoStudio.Measure, id).ResultAsync().AsTask();
        Assert.Equal(240_000, (await AdvanceUntil(Minute, size)).Pixels);

        var wrong = await jobs.EnqueueAsync(PhotoStudio.Measure, Lake with { Width = 0 }, o => o.MaxAttempts = 1).Soon();
        var error = await Assert.ThrowsAsync<JobFailedException>(() => wrong.ResultAsync().Soon());
        Assert.Equal((typeof(ArgumentException).FullName, "lake has no width."), (error.Error?.Type, error.Error?.Message));
    }

    [Fact]
    public async Task Options_belong_to_the_task()
    {
        var jobs = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 1).AddModule(_studio));
        var first = await jobs.EnqueueAsync(PhotoStudio.Develop, Lake, o => o.Timeout = TimeSpan.FromDays(1)).Soon();
        await _studio.Darkroom.Runs.Reaches(1).Soon();
        var tags = await jobs.EnqueueAsync(PhotoStudio.ReadTags, "lake"u8.ToArray().AsMemory()).Soon();
        var measure = await jobs.EnqueueAsync(PhotoStudio.Measure, Lake).Soon();
        var stored = await measure.GetAsync().Soon();
        Assert.Equal((3, 10), (stored.MaxAttempts, stored.Priority.Urgency));
        _studio.Darkroom.Release();
        foreach (var job in (JobHandle[])[first, tags, measure]) await job.CompletionAsync().Soon();
        Assert.Equal(["developed lake", "measured lake", "read 1 tags"], _studio.Done.Items);
    }

    [Fact]
    public async Task A_batch_is_enqueued_whole()
    {
        var jobs = await StartClientAsync(b => b.AddModule(_studio));
        var night = Now + TimeSpan.FromHours(12);
        Photo[] photos = [.. Enumerable.Range(1, 20).Select(i => new Photo($"p{i}", i, 10))];
        var handles = await PhotoStudio.MeasureAtNightAsync(jobs, photos, night).Soon();
        Assert.Equal(new JobCounts { Scheduled = 20 }, await jobs.CountAsync().Soon());
        Clock.Advance(TimeSpan.FromHours(12));
        for (var i = 0; i < photos.Length; i++) Assert.Equal(photos[i].Width * 10, (await AdvanceUntil(Minute, handles[i].ResultAsync().AsTask())).Pixels);

        Assert.Empty(await PhotoStudio.MeasureAtNightAsync(jobs, [], night).Soon());
        var bad = await Assert.ThrowsAsync<PayloadEncodingException>(() => PhotoStudio.MeasureAtNightAsync(jobs, [Lake, null!], night).Soon());
        Assert.Equal((1, 0), (bad.Index, (await jobs.CountAsync().Soon()).Unfinished));
    }

    [Fact]
    public async Task A_raw_handler_gets_bytes_and_may_capture_a_result()
    {
        var jobs = await StartClientAsync(b => b.AddModule(_studio));
        var job = await jobs.EnqueueAsync(PhotoStudio.ReadTags, Encoding.ASCII.GetBytes("sea;sun").AsMemory()).Soon();
        Assert.Equal("[\"sea\",\"sun\"]", Encoding.UTF8.GetString((await EndOf(job)).Result!.Value.Span));
        var none = await jobs.EnqueueAsync(PhotoStudio.ReadTags, ReadOnlyMemory<byte>.Empty).Soon();
        Assert.Null((await EndOf(none)).Result);
    }

    [Fact]
    public async Task A_job_is_taken_back_by_its_id()
    {
        var jobs = await StartClientAsync(b => b.AddModule(_studio));
        var waiting = await jobs.EnqueueAsync(PhotoStudio.Measure, Lake, o => o.After(Minute)).Soon();
        Assert.Equal(JobState.Cancelled, (await jobs.CancelAsync(waiting.Id).Soon()).State);
        await Assert.ThrowsAsync<JobCancelledException>(() => waiting.ResultAsync().Soon());
        await Assert.ThrowsAsync<WrongJobStateException>(() => jobs.CancelAsync(waiting.Id).Soon());
        await Assert.ThrowsAsync<JobNotFoundException>(() => jobs.CancelAsync(JobId.FromName("default", "nobody")).Soon());

        var back = await jobs.RetryAsync(waiting.Id).Soon();
        Assert.Equal((waiting.Id, 0), (back.Id, back.Failures));
        await waiting.ResultAsync().Soon();
    }

    [Fact]
    public async Task A_handler_has_a_deadline_progress_and_services()
    {
        var services = new ServiceCollection().AddScoped<ITitles, Titles>().BuildServiceProvider();
        var jobs = await StartClientAsync(b => b.AddModule(_studio), services);
        var slow = await jobs.EnqueueAsync(PhotoStudio.Develop, Lake).Soon();
        var job = (await _studio.Darkroom.Runs.Reaches(1).Soon())[0];
        Assert.Equal(Now + (10 * Second), job.Deadline);
        Assert.Equal(new JobProgress(50, "View of the lake is in the bath"), (await slow.GetAsync().Soon()).Progress);
        var dead = await AdvanceUntil(10 * Second, EndOf(slow));
        Assert.Equal((JobState.Dead, typeof(JobTimeoutException).FullName), (dead.State, dead.LastError!.Type));
    }

    private sealed class Titles : ITitles
    {
        public string Of(Photo photo) => $"View of the {photo.Name}";
    }
}
