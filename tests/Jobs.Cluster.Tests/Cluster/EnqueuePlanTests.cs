using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Node;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>The terms of one request are used for the next one as long as nothing differs that they are made of.</summary>
public sealed class EnqueuePlanTests
{
    private readonly JobIdSource _ids = new(TimeProvider.System, new Random(1));
    private readonly JobsBuilder _builder = new();
    private JobDefaults? _defaults;

    [Fact]
    public void Requests_that_say_the_same_differ_in_their_request_only()
    {
        var plan = Plan();
        var first = Terms(plan, "a", new JobOptionsMessage { MaxAttempts = 3 });
        var second = Terms(plan, "a", new JobOptionsMessage { MaxAttempts = 3 }, requestId: "two");
        Assert.Equal("one", first.RequestId);
        Assert.Equal(first with { RequestId = "two" }, second);
        Assert.NotEqual(Terms(plan, "a", new JobOptionsMessage(), null).RequestId, Terms(plan, "a", new JobOptionsMessage(), null).RequestId);
        Assert.Equal("own", Terms(plan, "a", new JobOptionsMessage { RequestId = "own" }).RequestId);
    }

    [Fact]
    public void Another_task_or_option_or_queue_is_noticed()
    {
        var plan = Plan();
        Assert.Equal(3, Terms(plan, "a", new JobOptionsMessage { MaxAttempts = 3 }).MaxAttempts);
        Assert.Equal(4, Terms(plan, "a", new JobOptionsMessage { MaxAttempts = 4 }).MaxAttempts);
        Assert.Equal("b", Terms(plan, "b", new JobOptionsMessage { MaxAttempts = 4 }).Task);
        Assert.Equal("other", Terms(plan, "b", new JobOptionsMessage { MaxAttempts = 4 }, queue: "other").Queue);
        Assert.Equal(["x"], Terms(plan, "b", new JobOptionsMessage { Tags = ["x"] }).Tags);
        Assert.Equal(["y"], Terms(plan, "b", new JobOptionsMessage { Tags = ["y"] }).Tags);
    }

    [Fact]
    public void Other_defaults_of_the_queue_are_noticed()
    {
        var plan = Plan();
        var message = new JobOptionsMessage();
        Assert.Equal(JobOptions.DefaultMaxAttempts, Terms(plan, "a", message).MaxAttempts);
        _defaults = new JobDefaults { MaxAttempts = 7 };
        Assert.Equal(7, Terms(plan, "a", message).MaxAttempts);
        _defaults = null;
        Assert.Equal(JobOptions.DefaultMaxAttempts, Terms(plan, "a", message).MaxAttempts);
    }

    [Fact]
    public void A_handler_that_comes_later_with_a_delay_of_its_own_is_noticed()
    {
        _defaults = new JobDefaults { Backoff = RetryPolicy.Constant(TimeSpan.FromSeconds(1)) };
        var settings = Settings();
        var plan = new EnqueuePlan(settings, _ => true, _ => _defaults);
        var message = new JobOptionsMessage();
        Assert.Equal(_defaults.Backoff, Terms(plan, "a", message).Backoff);
        settings.Registry.Handle(
            TaskDefinition.Create<int>("a", o => o.Backoff = RetryPolicy.Constant(TimeSpan.FromSeconds(2))), (_, _) => Task.CompletedTask);
        Assert.Null(Terms(plan, "a", message).Backoff);
    }

    [Fact]
    public void The_user_of_a_call_is_that_calls_only()
    {
        var plan = Plan();
        var message = new JobOptionsMessage();
        Assert.Null(Terms(plan, "a", message).User);
        JobRequest.User = "somebody";
        Assert.Equal("somebody", Terms(plan, "a", message).User);
        JobRequest.User = null;
        Assert.Null(Terms(plan, "a", message).User);
    }

    private EnqueuePlan Plan() => new(Settings(), _ => true, _ => _defaults);

    private EngineSettings Settings() => _builder.BuildSettings(new ServiceCollection().BuildServiceProvider());

    private JobTerms Terms(EnqueuePlan plan, string task, JobOptionsMessage options, string? requestId = "one", string queue = QueueName.DefaultName)
    {
        var request = new EnqueueRequest
        {
            Queue = queue,
            Partition = 0,
            Jobs = [new NewJobMessage { Id = _ids.Next(queue, 0), Task = task, Payload = "1"u8.ToArray(), Options = options }],
            RequestId = requestId,
        };
        var place = new Reservation { Number = 0, Epoch = 1, FirstSequence = 1, EnqueuedAt = DateTimeOffset.UnixEpoch };
        return plan.Changes(request, place, PollStrategy.PriorityFirst)[0].Transition.Job.Terms;
    }
}
