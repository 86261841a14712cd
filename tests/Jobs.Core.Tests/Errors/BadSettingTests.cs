using Jobs.Conformance;

namespace Jobs.Core.Tests.Errors;

/// <summary>One test for each way of getting pauses wrong.</summary>
public sealed class BadSettingTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    [Fact, Provokes(typeof(SettingsNotKeptException))]
    public async Task A_store_or_a_client_without_settings()
    {
        await using var engine = await EmbeddedJobs.StartAsync(b => b.UseStore(_ => new Without()).Handle(Work, (_, _) => Task.CompletedTask));
        var error = await Refusal.Of<SettingsNotKeptException>(() => engine.Client.PauseQueueAsync("mail").AsTask(), "Use a store that does");
        Assert.Contains(nameof(Without), error.Where, StringComparison.Ordinal);
        await Refusal.Of<SettingsNotKeptException>(() => engine.Client.ResumeTaskAsync(Work).AsTask(), "Use a store that does");
        Refusal.Of<SettingsNotKeptException>(() => _ = ((IJobClient)new Testing.NoOpJobClient()).Pauses, "keeps no settings");
    }

    [Fact]
    public async Task A_pause_with_a_name_or_a_reason_that_cannot_be()
    {
        await using var engine = await EmbeddedJobs.StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        Refusal.Of<InvalidNameException>(() => PauseTarget.Task("two words"), "use ASCII letters");
        Refusal.Of<InvalidNameException>(() => PauseTarget.Queue(""), "at least one character");
        var error = await Refusal.Of<LimitExceededException>(
            () => engine.Client.PauseQueueAsync("mail", new string('x', 257)).AsTask(), "Make it smaller");
        Assert.Equal((nameof(JobLimits.MaxKeyChars), 257), (error.Limit, error.Actual));
        Assert.Empty(await engine.Client.Pauses.ListAsync());
    }

    [Fact]
    public async Task A_pause_of_a_service_that_has_stopped()
    {
        var engine = await EmbeddedJobs.StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        await engine.DisposeAsync();
        await Refusal.Of<ServiceStoppedException>(() => engine.Client.PauseQueueAsync("mail").AsTask(), "not running");
        await Refusal.Of<ServiceStoppedException>(() => engine.Client.ResumeQueueAsync("mail").AsTask(), "not running");
        await Refusal.Of<ServiceStoppedException>(() => engine.Client.Pauses.ListAsync().AsTask(), "not running");
    }

    private sealed class Without() : Embedded.StoreDecorator(new InMemoryJobStore())
    {
        public override ISettingStore? Settings => null;
    }
}
