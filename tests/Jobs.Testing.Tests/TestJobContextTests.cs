using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Testing.Tests;

public sealed class TestJobContextTests
{
    [Fact]
    public void Every_property_has_a_default_that_a_handler_can_live_with()
    {
        JobContext job = new TestJobContext();
        Assert.Equal("test", job.Task);
        Assert.False(job.Id.IsEmpty);
        Assert.Equal(QueueName.Default, job.Queue);
        Assert.Equal((1, 10), (job.Attempt, job.MaxAttempts));
        Assert.Null(job.Deadline);
        Assert.False(job.Cancellation.IsCancellationRequested);
        Assert.Equal(("test", "test"), (job.Worker, job.RequestId));
        Assert.Equal(ManualTimeProvider.DefaultStart, job.EnqueuedAt);
        Assert.True(job.Payload.IsEmpty);
        Assert.Empty(job.Headers);
        Assert.Empty(job.Tags);
        Assert.Null(job.TraceParent);
        Assert.Null(job.LastError);
        Assert.Null(job.Services.GetService(typeof(string)));
    }

    [Fact]
    public void A_handler_sees_what_was_set()
    {
        var id = JobId.FromName("q", "x");
        var now = ManualTimeProvider.DefaultStart;
        var error = new JobError(1, now, "t", "m");
        using var stop = new CancellationTokenSource();
        var services = new ServiceCollection().AddSingleton("service").BuildServiceProvider();
        JobContext job = new TestJobContext
        {
            Id = id,
            Task = "t",
            Queue = "q",
            Attempt = 2,
            MaxAttempts = 3,
            Deadline = now,
            Cancellation = stop.Token,
            Worker = "w",
            EnqueuedAt = now,
            Payload = new byte[] { 1 },
            Headers = new Dictionary<string, string> { ["h"] = "v" },
            Tags = ["tag"],
            RequestId = "r",
            TraceParent = "p",
            LastError = error,
            Services = services,
        };
        Assert.Equal((id, "t", new QueueName("q"), 2, 3), (job.Id, job.Task, job.Queue, job.Attempt, job.MaxAttempts));
        Assert.Equal((now, stop.Token, "w", now), (job.Deadline, job.Cancellation, job.Worker, job.EnqueuedAt));
        Assert.Equal(1, job.Payload.Span[0]);
        Assert.Equal("v", job.Headers["h"]);
        Assert.Equal(["tag"], job.Tags);
        Assert.Equal(("r", "p", error), (job.RequestId, job.TraceParent, job.LastError));
        Assert.Equal("service", job.Services.GetRequiredService<string>());
    }

    [Fact]
    public void Log_progress_and_result_are_captured()
    {
        var clock = new ManualTimeProvider();
        var job = new TestJobContext(clock) { Attempt = 2 };
        Assert.Null(job.Progress);
        job.Log("a");
        clock.Advance(TimeSpan.FromSeconds(1));
        job.Log("b");
        job.ReportProgress(-5);
        job.ReportProgress(double.NaN);
        job.ReportProgress(250, "over");
        job.CaptureResult("first");
        job.CaptureResult(42);
        var start = ManualTimeProvider.DefaultStart;
        Assert.Equal([new JobLogLine(start, 2, "a"), new JobLogLine(start.AddSeconds(1), 2, "b")], job.LogLines);
        Assert.Equal([new JobProgress(0), new JobProgress(0), new JobProgress(100, "over")], job.ProgressReports);
        Assert.Equal(new JobProgress(100, "over"), job.Progress);
        Assert.Equal(42, job.Result);
        Assert.Throws<ArgumentNullException>(() => job.Log(null!));
    }

    [Fact]
    public void A_result_that_cannot_be_encoded_is_refused_as_in_the_engine()
    {
        var job = new TestJobContext { Codec = RawPayloadCodec.Instance };
        Assert.Throws<PayloadEncodingException>(() => job.CaptureResult(42));
        Assert.Null(job.Result);
    }

    [Fact]
    public void Cancel_fires_the_token()
    {
        var job = new TestJobContext();
        var token = job.Cancellation;
        job.Cancel();
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void A_context_for_a_task_has_its_payload_and_options()
    {
        var task = TaskDefinition.Create<Mail>("mail", o =>
        {
            o.Queue = "mails";
            o.MaxAttempts = 3;
            o.Tags.Add("t");
            o.Headers["h"] = "v";
        });
        var job = TestJobContext.For(task, new Mail("a@b"));
        Assert.Equal(("mail", new QueueName("mails"), 3), (job.Task, job.Queue, job.MaxAttempts));
        Assert.Equal("{\"to\":\"a@b\"}", System.Text.Encoding.UTF8.GetString(job.Payload.Span));
        Assert.Equal(["t"], job.Tags);
        Assert.Equal("v", job.Headers["H"]);
        Assert.Equal(new QueueName("mails").Hash, job.Id.QueueHash);
        Assert.Throws<PayloadEncodingException>(() => TestJobContext.For(task, null!));
    }
}
