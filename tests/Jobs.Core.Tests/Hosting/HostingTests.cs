using Jobs.Conformance;
using Jobs.Core.Tests.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Core.Tests.Hosting;

/// <summary>The service inside an application's host.</summary>
public sealed class HostingTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly ResultTask<string, int> Measure = ResultTask.Create<string, int>("measure");

    [Fact]
    public async Task It_starts_and_drains_with_the_host()
    {
        var held = new HeldHandler();
        using var host = Build(b => b.Handle(Work, held.RunAsync));
        var client = host.Services.GetRequiredService<IJobClient>();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => client.EnqueueAsync(Work, "early").AsTask());
        await host.StartAsync().Soon();
        var waiter = client.RunAsync(Work, "x").AsTask();
        await held.Runs.Reaches(1).Soon();
        var stopping = host.StopAsync();
        Assert.False(stopping.IsCompleted);
        held.Release();
        await stopping.Soon();
        await waiter.Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => client.EnqueueAsync(Work, "late").AsTask());
    }

    [Fact]
    public async Task A_token_that_fires_while_it_starts_lets_the_start_finish_and_stops_in_order()
    {
        var held = new HeldHandler();
        using var host = Build(b => b.Handle(Work, held.RunAsync));
        using var enough = new CancellationTokenSource();
        await enough.CancelAsync();

        // The token belongs to the run and not to the start.
        await host.StartAsync().Soon();
        var waiter = host.Services.GetRequiredService<IJobClient>().RunAsync(Work, "x").AsTask();
        await held.Runs.Reaches(1).Soon();
        var running = host.WaitForShutdownAsync(enough.Token);
        Assert.False(waiter.IsCompleted);
        held.Release();
        await running.Soon();
        await waiter.Soon();
    }

    [Fact]
    public async Task Who_only_publishes_gets_a_handle_for_that_alone()
    {
        var arrivals = Topic.Create<string>("arrivals");
        var heard = new Recording<string>();
        using var host = Build(b => b.Subscribe(arrivals.Subscription("log"), (text, _) =>
        {
            heard.Add(text);
            return Task.CompletedTask;
        }));
        await host.StartAsync().Soon();
        var receipt = await host.Services.GetRequiredService<ITopicPublisher>().PublishAsync(arrivals, "ada").Soon();
        await Assert.Single(receipt.Jobs).WaitAsync().Soon();
        Assert.Equal("ada", Assert.Single(heard.Items));
        Assert.Equal(["PublishAsync"], typeof(ITopicPublisher).GetMethods().Select(method => method.Name));
        await host.StopAsync().Soon();
    }

    [Fact]
    public async Task Client_and_registry_are_services()
    {
        using var host = Build(_ => { });
        await host.StartAsync().Soon();
        var caller = ActivatorUtilities.CreateInstance<Caller>(host.Services);
        caller.Registry.Handle(Measure, (text, _) => Task.FromResult(text.Length));
        Assert.Equal(3, await caller.Client.RunAsync(Measure, "abc").Soon());
        Assert.Same(caller.Client, host.Services.GetRequiredService<IJobClient>());
        await host.StopAsync().Soon();
    }

    [Fact]
    public void Adding_it_twice_is_an_error()
    {
        var services = new ServiceCollection().AddJobs(_ => { });
        Refusal.Of<InvalidOperationException>(() => services.AddJobs(_ => { }), "Describe the whole service in one call, or use IJobModule");
    }

    [Fact]
    public async Task A_class_handler_gets_scoped_services_of_its_own_run()
    {
        var seen = new Recording<(SizeHandler Handler, Tool Tool, Guid Shared)>();
        using var host = Build(b => b.Handle<SizeHandler>(Measure), s => s.AddSingleton(seen).AddScoped<Tool>().AddSingleton<Shared>());
        await host.StartAsync().Soon();
        var client = host.Services.GetRequiredService<IJobClient>();
        Assert.Equal((1, 2), (await client.RunAsync(Measure, "a").Soon(), await client.RunAsync(Measure, "bb").Soon()));
        var (first, second) = (seen.Items[0], seen.Items[1]);
        Assert.NotSame(first.Handler, second.Handler);
        Assert.NotSame(first.Tool, second.Tool);
        Assert.Equal(first.Shared, second.Shared);
        Assert.True(first.Tool.IsDisposed && second.Tool.IsDisposed && first.Handler.IsDisposed && second.Handler.IsDisposed);
        await host.StopAsync().Soon();
    }

    [Fact]
    public async Task An_outcome_class_decides_the_end()
    {
        using var host = Build(b => b.Handle<DroppingHandler>(Work));
        await host.StartAsync().Soon();
        var client = host.Services.GetRequiredService<IJobClient>();
        var error = await Assert.ThrowsAsync<JobDiscardedException>(() => client.RunAsync(Work, "x").Soon());
        Assert.Equal("dropped x", error.Reason);
        await host.StopAsync().Soon();
    }

    [Fact]
    public async Task A_delegate_gets_services_in_any_order()
    {
        using var host = Build(
            b => b.Handle(Measure, (Tool tool, CancellationToken cancellation, string text, JobContext job, IServiceProvider services) =>
            {
                Assert.Same(tool, services.GetRequiredService<Tool>());
                Assert.Equal(job.Cancellation, cancellation);
                return text.Length;
            }),
            s => s.AddScoped<Tool>());
        await host.StartAsync().Soon();
        Assert.Equal(4, await host.Services.GetRequiredService<IJobClient>().RunAsync(Measure, "four").Soon());
        await host.StopAsync().Soon();
    }

    [Theory]
    [InlineData("void")]
    [InlineData("task")]
    [InlineData("value task")]
    [InlineData("outcome")]
    [InlineData("outcome task")]
    [InlineData("outcome value task")]
    public async Task A_delegate_may_return_in_many_ways(string way)
    {
        Delegate handler = way switch
        {
            "void" => (string _) => { }
            ,
            "task" => async (string _) => await Task.Yield(),
            "value task" => (string _) => ValueTask.CompletedTask,
            "outcome" => (string _) => JobOutcome.Done(),
            "outcome task" => (string _) => Task.FromResult(JobOutcome.Done()),
            _ => (string _) => new ValueTask<JobOutcome>(JobOutcome.Done()),
        };
        using var host = Build(b => b.Handle(Work, handler));
        await host.StartAsync().Soon();
        await host.Services.GetRequiredService<IJobClient>().RunAsync(Work, "x").Soon();
        await host.StopAsync().Soon();
    }

    [Fact]
    public async Task Modules_and_observers_are_made_from_services()
    {
        var seen = new Recording<JobId>();
        using var host = Build(
            b => b.AddModule<SizeModule>().AddObserver(s => new Listener(s.GetRequiredService<Recording<JobId>>())),
            s => s.AddSingleton(seen).AddSingleton<Shared>());
        await host.StartAsync().Soon();
        Assert.Equal(1, await host.Services.GetRequiredService<IJobClient>().RunAsync(Measure, "x").Soon());
        await seen.Reaches(1).Soon();
        await host.StopAsync().Soon();
    }

    [Fact]
    public async Task The_applications_clock_is_used()
    {
        var clock = new ManualClock();
        using var host = Build(b => b.Handle(Work, (_, _) => Task.CompletedTask), s => s.AddSingleton<TimeProvider>(clock));
        await host.StartAsync().Soon();
        var client = host.Services.GetRequiredService<IJobClient>();
        var handle = await client.EnqueueAsync(Work, "x", o => o.After(TimeSpan.FromHours(1)));
        var ending = handle.WaitAsync().AsTask();
        var due = clock.GetUtcNow() + TimeSpan.FromHours(1);
        await clock.AdvanceUntilAsync(TimeSpan.FromHours(1), ending).Soon();
        Assert.InRange((await ending).FinishedAt!.Value, due, clock.GetUtcNow());
        await host.StopAsync().Soon();
    }

    private static IHost Build(Action<JobsBuilder> configure, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddJobs(configure);
        services?.Invoke(builder.Services);
        return builder.Build();
    }

    private sealed class Caller(IJobClient client, ITaskRegistry registry)
    {
        internal IJobClient Client => client;

        internal ITaskRegistry Registry => registry;
    }

    private sealed class Shared
    {
        internal Guid Id { get; } = Guid.NewGuid();
    }

    private sealed class Tool : IDisposable
    {
        internal bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class SizeHandler(Tool tool, Shared shared, Recording<(SizeHandler, Tool, Guid)> seen) : ITaskHandler<string, int>, IDisposable
    {
        internal bool IsDisposed { get; private set; }

        public Task<int> HandleAsync(string payload, JobContext job)
        {
            seen.Add((this, tool, shared.Id));
            return Task.FromResult(payload.Length);
        }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class DroppingHandler : IOutcomeHandler<string>
    {
        public Task<JobOutcome> HandleAsync(string payload, JobContext job) => Task.FromResult(JobOutcome.Discard($"dropped {payload}"));
    }

    private sealed class SizeModule(Shared shared) : IJobModule
    {
        public void Register(ITaskRegistry registry) => registry.Handle(Measure, (text, _) => Task.FromResult(shared.Id == Guid.Empty ? 0 : text.Length));
    }

    private sealed class Listener(Recording<JobId> seen) : IJobObserver
    {
        public void Completed(JobSnapshot job) => seen.Add(job.Id);
    }
}
