using Jobs.Grains.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Jobs.Cluster.Tests.Contracts;

/// <summary>During a rolling restart each side gets messages with members that it does not know, and without members that it does.</summary>
public sealed class VersionTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void What_a_later_version_adds_is_ignored()
    {
        var part = new LaterPart("t", TimeSpan.FromSeconds(3));
        var sent = new LaterRequest { Queue = "mail", Partition = 3, Jobs = [Job()], IsRepeated = true, RequestId = "r", More = "more", Parts = [part, part] };

        var received = Send<LaterRequest, EnqueueRequest>(sent);

        Assert.Equal((sent.Queue, 3, true, "r"), (received.Queue, received.Partition, received.IsRepeated, received.RequestId));
        Assert.Equal(sent.Jobs[0].Id, Assert.Single(received.Jobs).Id);
        Assert.Null(received.Others);
    }

    [Fact]
    public void What_an_earlier_version_does_not_say_has_its_default()
    {
        var other = new EnqueueRequest { Queue = "mail", Partition = 3, Jobs = [Job()] };
        var sent = other with { Jobs = [Job()], Others = [other] };

        var received = Send<EnqueueRequest, LaterRequest>(sent);

        Assert.Equal((sent.Queue, 3, null, null), (received.Queue, received.Partition, received.More, received.Parts));
        Assert.Equal("t", Assert.Single(received.Jobs).Task);
    }

    private TTo Send<TFrom, TTo>(TFrom message) => _services.GetRequiredService<Serializer<TTo>>()
        .Deserialize(_services.GetRequiredService<Serializer<TFrom>>().SerializeToArray(message))!;

    private static NewJobMessage Job() => new()
    {
        Id = JobId.FromName("mail", "a"),
        Task = "t",
        Payload = new byte[] { 1, 2, 3 },
        Options = new JobOptionsMessage { GroupKey = "g" },
    };
}
