using System.Text;
using Jobs.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Examples.Tasks;

/// <summary>
/// A part of an application with tasks of its own: typed ones, one with a result, and one that gets bytes. The application adds it as a
/// module (<c>jobs.AddModule&lt;PhotoStudio&gt;()</c>), which registers its handlers once everything is configured and before workers start.
/// </summary>
public sealed class PhotoStudio : IJobModule
{
    /// <summary>Three attempts and more urgent than other tasks; the handler returns the size, and callers get it typed.</summary>
    public static readonly ResultTask<Photo, PhotoSize> Measure = ResultTask.Create<Photo, PhotoSize>("measure-photo", o =>
    {
        o.UsePreset(RetryPreset.Tasks);
        o.Priority = 10;
    });

    /// <summary>One attempt of ten seconds at most.</summary>
    public static readonly TaskDefinition<Photo> Develop = TaskDefinition.Create<Photo>("develop-photo", o =>
    {
        o.MaxAttempts = 1;
        o.Timeout = TimeSpan.FromSeconds(10);
    });

    /// <summary>Bytes, as some camera wrote them.</summary>
    public static readonly TaskDefinition<ReadOnlyMemory<byte>> ReadTags = TaskDefinition.Raw("read-tags");

    /// <summary>What has been done, in order.</summary>
    public Recording<string> Done { get; } = new();

    /// <summary>Lets a test hold the darkroom.</summary>
    public HeldHandler Darkroom { get; } = new();

    public void Register(ITaskRegistry registry)
    {
        registry.Handle(Measure, MeasureAsync);
        registry.Handle(Develop, DevelopAsync);
        registry.HandleRaw(ReadTags.Name, ReadTagsAsync);
    }

    /// <summary>Enqueues and awaits the result, wherever the job runs.</summary>
    public static ValueTask<PhotoSize> MeasureNowAsync(IJobClient jobs, Photo photo) => jobs.RunAsync(Measure, photo, timeout: TimeSpan.FromMinutes(5));

    /// <summary>All photos or none, at a time; the handles are in the order of the photos.</summary>
    public static ValueTask<IReadOnlyList<JobHandle<PhotoSize>>> MeasureAtNightAsync(
        IJobClient jobs, IReadOnlyCollection<Photo> photos, DateTimeOffset night) => jobs.EnqueueManyAsync(Measure, photos, o => o.At(night));

    private Task<PhotoSize> MeasureAsync(Photo photo, JobContext job)
    {
        if (photo.Width <= 0) throw new ArgumentException($"{photo.Name} has no width.");
        Done.Add($"measured {photo.Name}");
        return Task.FromResult(new PhotoSize(photo.Width * photo.Height));
    }

    /// <summary>Uses a service of the application, in a scope of this run, and stops when the job is to stop.</summary>
    private async Task DevelopAsync(Photo photo, JobContext job)
    {
        var title = job.Services.GetService<ITitles>()?.Of(photo) ?? photo.Name;
        job.ReportProgress(50, $"{title} is in the bath");
        await Darkroom.RunAsync(title, job);
        Done.Add($"developed {title}");
    }

    private Task ReadTagsAsync(ReadOnlyMemory<byte> bytes, JobContext job)
    {
        var tags = Encoding.ASCII.GetString(bytes.Span).Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (tags.Length > 0) job.CaptureResult(tags);
        Done.Add($"read {tags.Length} tags");
        return Task.CompletedTask;
    }
}
