using System.Diagnostics;
using System.Diagnostics.Metrics;
using Jobs.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Core.Tests.Health;

/// <summary>Whoever only listens cannot hurt a job or a loop by throwing (D8).</summary>
public sealed class IsolationTests
{
    private static readonly ResultTask<string, int> Measure = ResultTask.Create<string, int>("measure-isolated");

    [Fact]
    public async Task Throwing_observers_and_loggers_do_no_harm()
    {
        var store = new OutageStore(new InMemoryJobStore());
        var clock = new ManualClock();
        await using var services = new ServiceCollection().AddLogging(l => l.AddProvider(new ThrowingProvider())).BuildServiceProvider();
        await using var engine = await EmbeddedJobs.StartAsync(
            b =>
            {
                b.Clock = clock;
                b.UseStore(_ => store).AddObserver(new ThrowingObserver()).Handle(Measure, (text, _) => Task.FromResult(text.Length));
            },
            services).Soon();
        engine.Health.Changed += _ => throw new InvalidOperationException("A listener throws.");
        Assert.Equal(3, await engine.Client.RunAsync(Measure, "abc").Soon());
        store.IsAway = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => engine.Client.EnqueueAsync(Measure, "x").Soon());
        clock.Advance(TimeSpan.FromMinutes(1));
        store.IsAway = false;
        Assert.Equal(3, await engine.Client.RunAsync(Measure, "abc").Soon());
    }

    [Fact]
    public async Task Throwing_listeners_of_metrics_and_traces_do_no_harm()
    {
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == JobsMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((_, _, tags, _) => ThrowIfOurs(tags));
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) => ThrowIfOurs(tags));
        meters.Start();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == JobsActivitySource.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Name.Contains("isolated", StringComparison.Ordinal)
                ? throw new InvalidOperationException("A sampler throws.")
                : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(traces);
        await using var engine = await EmbeddedJobs.StartAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length))).Soon();
        var handle = await engine.Client.EnqueueAsync(Measure, "abc").Soon();
        Assert.Equal((JobState.Completed, 0), ((await handle.WaitAsync().Soon()).State, (await handle.GetAsync().Soon()).Failures));
        Assert.Equal(2, await engine.Client.RunAsync(Measure, "ab").Soon());
    }

    private static void ThrowIfOurs(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (_, value) in tags)
        {
            if (value is string text && text == Measure.Name) throw new InvalidOperationException("A listener throws.");
        }
    }

    private sealed class ThrowingObserver : IJobObserver
    {
        public void Enqueued(JobSnapshot job) => throw new InvalidOperationException();

        public void Started(JobSnapshot job) => throw new InvalidOperationException();

        public void Completed(JobSnapshot job) => throw new InvalidOperationException();

        public void QueueEmpty(QueueName queue) => throw new InvalidOperationException();

        public void WorkerError(Exception error) => throw new InvalidOperationException();
    }

    private sealed class ThrowingProvider : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new ThrowingLogger();

        public void Dispose()
        {
        }
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException();

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("A log throws.");
    }
}
