using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Core.Tests.Hosting;

public sealed class BuilderFormsTests
{
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(120);
    private static readonly TaskDefinition<string> Greet = TaskDefinition.Create<string>("greet");

    [Fact]
    public async Task Middleware_and_observers_named_by_type_are_made_from_the_services()
    {
        var seen = new Seen();
        await using var services = new ServiceCollection().AddSingleton(seen).BuildServiceProvider();
        await using var service = await EmbeddedJobs.StartAsync(
            jobs => jobs
                .UseRunMiddleware<RunNote>()
                .UseEnqueueMiddleware<EnqueueNote>()
                .AddObserver<ObserverNote>()
                .Handle(Greet, (string _) => { }),
            services);

        await service.Client.RunAsync(Greet, "ada").AsTask().WaitAsync(Safety);
        await seen.Completed.Task.WaitAsync(Safety);

        Assert.Equal((1, 1), (seen.Enqueues, seen.Runs));
    }

    [Fact]
    public async Task A_raw_handler_says_how_its_attempt_ends()
    {
        await using var service = await EmbeddedJobs.StartAsync(
            jobs => jobs.HandleRaw("raw", (_, _) => Task.FromResult(JobOutcome.Discard("not wanted"))));

        var handle = await service.Client.EnqueueAsync(TaskDefinition.Raw("raw"), new byte[] { 1 });
        var ended = await handle.WaitAsync().AsTask().WaitAsync(Safety);

        Assert.Equal((JobState.Discarded, "not wanted"), (ended.State, ended.Reason));
    }

    [Fact]
    public void An_observer_that_needs_the_client_to_be_made_is_refused_with_the_remedy()
    {
        using var services = new ServiceCollection()
            .AddJobs(jobs => jobs.AddObserver<NeedsClient>())
            .BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(services.GetRequiredService<IJobClient>);

        Assert.Contains("Take IServiceProvider instead", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_store_that_is_said_last_is_used()
    {
        var store = new InMemoryJobStore();
        await using var service = await EmbeddedJobs.StartAsync(jobs => jobs
            .UseStore(_ => throw new InvalidOperationException("the first one is not even made"))
            .UseInMemory()
            .UseStore(_ => store)
            .Handle(Greet, (string _) => { }));

        var handle = await service.Client.EnqueueAsync(Greet, "ada");

        Assert.NotNull(await store.FindAsync(handle.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_worker_that_nobody_named_has_a_name_of_its_own()
    {
        async Task<string> NameAsync()
        {
            await using var service = await EmbeddedJobs.StartAsync(jobs => jobs.Handle(Greet, (string _) => { }));
            var handle = await service.Client.EnqueueAsync(Greet, "ada");
            return (await handle.WaitAsync().AsTask().WaitAsync(Safety)).Worker!;
        }

        var (first, second) = (await NameAsync(), await NameAsync());

        Assert.StartsWith(Environment.MachineName, first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
    }

    private sealed class Seen
    {
        internal int Runs { get; set; }

        internal int Enqueues { get; set; }

        internal TaskCompletionSource Completed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class RunNote(Seen seen) : IRunMiddleware
    {
        public ValueTask<JobOutcome> InvokeAsync(JobContext job, JobDelegate next)
        {
            seen.Runs++;
            return next(job);
        }
    }

    private sealed class EnqueueNote(Seen seen) : IEnqueueMiddleware
    {
        public ValueTask<IReadOnlyList<JobHandle>> InvokeAsync(
            IReadOnlyList<EncodedJob> jobs, EnqueueDelegate next, CancellationToken cancellation)
        {
            seen.Enqueues++;
            return next(jobs, cancellation);
        }
    }

    private sealed class NeedsClient(IJobClient client) : IJobObserver
    {
        public void Completed(JobSnapshot job) => Assert.NotNull(client.Codec);
    }

    private sealed class ObserverNote(Seen seen) : IJobObserver
    {
        public void Completed(JobSnapshot job) => seen.Completed.TrySetResult();
    }
}
