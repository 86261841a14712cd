using System.Reflection;
using System.Text.Json;
using Jobs.Grains.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Jobs.Cluster.Tests.Contracts;

/// <summary>Whatever is sent arrives as it was.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Every_message_arrives_as_it_was_sent()
    {
        Assert.All(Samples.Messages, sent =>
        {
            var received = Send(sent);
            Assert.Same(sent.GetType(), received.GetType());
            Assert.Equal(Text(sent), Text(received));
        });
    }

    [Fact]
    public void Every_error_arrives_as_the_same_error_with_the_same_data()
    {
        Assert.All(Samples.Errors, sent =>
        {
            var received = (Exception)Send(sent);
            Assert.Same(sent.GetType(), received.GetType());
            Assert.Equal(sent.Message, received.Message);
            foreach (var property in sent.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                Assert.Equal(JsonSerializer.Serialize(property.GetValue(sent)), JsonSerializer.Serialize(property.GetValue(received)));
        });
    }

    [Fact]
    public void Every_type_that_can_be_sent_has_a_sample()
    {
        var sampled = Samples.Messages.Concat(Samples.Errors).Select(s => s.GetType()).ToHashSet();
        var sent = typeof(IJob).Assembly.GetTypes()
            .Where(t => t.IsDefined(typeof(GenerateSerializerAttribute), false) && !t.Name.EndsWith("Surrogate", StringComparison.Ordinal));
        var converted = typeof(IJob).Assembly.GetTypes().SelectMany(t => t.GetInterfaces())
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConverter<,>)).Select(i => i.GetGenericArguments()[0]);
        Assert.Empty(sent.Concat(converted).Except(sampled));
    }

    [Fact]
    public void An_action_is_the_same_on_the_other_side() =>
        Assert.All(Samples.Actions, action => Assert.Equal(action, ((JobActionMessage)Send(JobActionMessage.From(action))).ToAction()));

    [Fact]
    public void A_query_is_the_same_on_the_other_side()
    {
        var received = (JobQueryMessage)Send(JobQueryMessage.From(Samples.Query()));
        Assert.Equal(JsonSerializer.Serialize(Samples.Query()), JsonSerializer.Serialize(received.ToQuery()));
    }

    [Fact]
    public void A_backoff_is_the_same_on_the_other_side()
    {
        RetryPolicy[] policies = [RetryPolicy.None, RetryPolicy.Default, RetryPolicy.Constant(TimeSpan.FromSeconds(1), 0.3)];
        Assert.All(policies, policy => Assert.Equal(policy, ((RetryPolicyMessage)Send(RetryPolicyMessage.From(policy)!)).ToPolicy()));
        Assert.Null(RetryPolicyMessage.From(null));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicyMessage.From(RetryPolicy.Custom((_, _) => TimeSpan.Zero)));
    }

    [Fact]
    public void Jobs_that_share_their_options_send_them_once()
    {
        var options = new JobOptionsMessage { GroupKey = new string('g', 200) };
        var jobs = Enumerable.Range(0, 100).Select(
            i => new NewJobMessage { Id = JobId.FromName("q", $"{i}"), Task = "t", Payload = default, Options = options });
        var request = new EnqueueRequest { Queue = "q", Partition = 0, Jobs = [.. jobs] };
        var bytes = _services.GetRequiredService<Serializer>().SerializeToArray(request);
        Assert.InRange(bytes.Length, 1, 100 * 60);
        var received = _services.GetRequiredService<Serializer>().Deserialize<EnqueueRequest>(bytes)!;
        Assert.All(received.Jobs, job => Assert.Same(received.Jobs[0].Options, job.Options));
    }

    private object Send(object message)
    {
        var serializer = _services.GetRequiredService<Serializer>();
        return serializer.Deserialize<object>(serializer.SerializeToArray(message))!;
    }

    /// <summary>JSON has no names made of ids, so what a reply says of jobs by their ids is written beside the rest.</summary>
    private static string Text(object value) => value is EnqueueReply reply
        ? string.Join(';', reply.Existing ?? []) + string.Join(';', reply.Replaced ?? []) + string.Join(';', reply.Ended ?? [])
            + JsonSerializer.Serialize(reply with { Existing = null, Replaced = null, Ended = null })
        : JsonSerializer.Serialize(value, value.GetType());
}
