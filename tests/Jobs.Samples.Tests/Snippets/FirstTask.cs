#pragma warning disable CA1050 // The snippet is a whole file of its own; it needs no namespace.

#region first-task
using Jobs;
using Jobs.Core;

public sealed record Rectangle(int Width, int Height);

public static class FirstTask
{
    public static readonly ResultTask<Rectangle, int> Measure =
        ResultTask.Create<Rectangle, int>("measure-rectangle", options => options.MaxAttempts = 3);

    public static async Task<int> RunAsync()
    {
        await using var service = await EmbeddedJobs.StartAsync(jobs => jobs
            .Handle(Measure, (Rectangle r, JobContext job) => Task.FromResult(r.Width * r.Height)));

        int area = await service.Client.RunAsync(Measure, new Rectangle(6, 7));
        Console.WriteLine($"The area is {area}.");
        return area;
    }
}
#endregion
