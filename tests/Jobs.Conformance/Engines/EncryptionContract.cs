using System.Text;

namespace Jobs.Conformance.Engines;

/// <summary>Payloads and results are stored encrypted, whatever codec and handler (A13).</summary>
public abstract class EncryptionContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private const string Secret = "the-secret-words";
    private const int OverheadBytes = 42;

    private static readonly PayloadKey First = new("first", [.. Enumerable.Range(1, PayloadKey.KeyBytes).Select(i => (byte)i)]);
    private static readonly PayloadKey Newer = new("second", [.. Enumerable.Range(101, PayloadKey.KeyBytes).Select(i => (byte)i)]);

    private readonly TurningKeys _keys = new() { Current = First, FingerprintKey = First, Known = [First] };

    [Fact]
    public async Task What_is_stored_shows_nothing_and_everybody_who_may_reads_it()
    {
        var echo = ResultTask.Create<string, string>("echo");
        var client = await StartClientAsync(b => b.UseEncryption(_keys).Handle(echo, (text, job) => Task.FromResult(
            text + Encoding.UTF8.GetString(job.Payload.Span))));
        var handle = await client.EnqueueAsync(echo, Secret).Soon();
        var result = Secret + "\"" + Secret + "\"";
        Assert.Equal(result, await handle.ResultAsync().Soon());
        var job = await EndOf(handle);
        Assert.Equal("application/json;encrypted", job.ContentType);
        var stored = Encoding.Latin1.GetString(job.Payload.Span) + Encoding.Latin1.GetString(job.Result!.Value.Span);
        Assert.DoesNotContain("secret", stored, StringComparison.Ordinal);
        Assert.Equal(Secret.Length + 2 + First.Id.Length + OverheadBytes, job.Payload.Length);
        Assert.Equal((Secret, result), (client.PayloadOf(echo, job), client.ResultOf(echo, job)));
        Assert.Equal(result, await client.RunAsync(echo, Secret).Soon());
    }

    [Fact]
    public async Task Equal_payloads_of_one_call_are_stored_differently()
    {
        var client = await StartClientAsync(b => b.UseEncryption(_keys).Handle(Work, (_, _) => Task.CompletedTask));
        var handles = await client.EnqueueManyAsync(Work, [Secret, Secret], o => o.After(Minute)).Soon();
        var stored = new List<JobSnapshot>();
        foreach (var handle in handles) stored.Add(await handle.GetAsync().Soon());
        Assert.False(stored[0].Payload.Span.SequenceEqual(stored[1].Payload.Span));
        Assert.All(stored, job => Assert.Equal(Secret, client.PayloadOf(Work, job)));
    }

    [Fact]
    public async Task A_raw_handler_gets_the_bytes_as_they_were_enqueued_and_captures_a_result()
    {
        var seen = new Recording<string>();
        var client = await StartClientAsync(b => b.UseEncryption(_keys).HandleRaw("raw", (bytes, job) =>
        {
            seen.Add(Encoding.UTF8.GetString(bytes.Span));
            job.CaptureResult(seen.Items[0].Length);
            return Task.CompletedTask;
        }));
        var handle = await client.EnqueueAsync(TaskDefinition.Raw("raw"), Encoding.UTF8.GetBytes(Secret)).Soon();
        var job = await EndOf(handle);
        Assert.Equal(("application/octet-stream;encrypted", JobState.Completed), (job.ContentType, job.State));
        Assert.Equal([Secret], seen.Items);
        Assert.Equal(Secret.Length, client.ResultOf(ResultTask.Create<string, int>("raw"), job));
    }

    [Fact]
    public async Task A_task_encrypts_with_keys_of_its_own()
    {
        var own = ResultTask.Create<string, int>("own", o => o.Codec = new EncryptingPayloadCodec(new StaticPayloadKeys(Newer)));
        var client = await StartClientAsync(b => b.Handle(own, (text, _) => Task.FromResult(text.Length)).Handle(Work, (_, _) => Task.CompletedTask));
        var handle = await client.EnqueueAsync(own, Secret).Soon();
        Assert.Equal(Secret.Length, await handle.ResultAsync().Soon());
        Assert.Equal("application/json;encrypted", (await EndOf(handle)).ContentType);
        Assert.Equal("application/json", (await EndOf(await client.EnqueueAsync(Work, "x").Soon())).ContentType);
    }

    [Fact]
    public async Task A_new_key_is_used_for_new_data_and_the_old_one_for_old()
    {
        var client = await StartClientAsync(b => b.UseEncryption(_keys).Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var old = await client.EnqueueAsync(Measure, Secret, o => o.After(Minute)).Soon();
        _keys.Known = [First, Newer];
        _keys.Current = Newer;
        Assert.Equal(3, await client.RunAsync(Measure, "new").Soon());
        Assert.Equal(Secret.Length, await AdvanceUntil(Minute, old.ResultAsync().Soon()));
        var job = await EndOf(old);
        Assert.Equal(("first", "second"), (KeyOf(job.Payload), KeyOf(job.Result!.Value)));
        Assert.Equal(Secret, client.PayloadOf(Measure, job));
    }

    [Fact]
    public async Task A_key_that_is_gone_fails_the_attempt_and_the_job_runs_when_it_is_back()
    {
        var client = await StartClientAsync(b => b.UseEncryption(_keys).Handle(Work, (_, _) => Task.CompletedTask));
        var handle = await client.EnqueueAsync(Work, Secret, o =>
        {
            o.After(Minute);
            o.MaxAttempts = 1;
        }).Soon();
        _keys.Current = Newer;
        _keys.Known = [Newer];
        var dead = await AdvanceUntil(Minute, EndOf(handle));
        Assert.Equal(JobState.Dead, dead.State);
        Assert.EndsWith(nameof(PayloadEncryptionException), dead.LastError!.Type, StringComparison.Ordinal);
        Assert.Contains("'first'", dead.LastError.Message, StringComparison.Ordinal);
        Assert.Contains("Give the key provider that key again", dead.LastError.Message, StringComparison.Ordinal);
        var error = Assert.Throws<PayloadEncryptionException>(() => client.PayloadOf(Work, dead));
        Assert.Equal((EncryptionProblem.UnknownKey, "first", handle.Id), (error.Problem, error.KeyId, error.Place.Job));
        _keys.Known = [Newer, First];
        await client.RetryAsync(handle.Id).Soon();
        Assert.Equal(JobState.Completed, (await EndOf(handle)).State);
    }

    [Fact]
    public async Task A_new_payload_of_a_rescheduled_job_is_encrypted_too()
    {
        var client = await StartClientAsync(b => b.UseEncryption(_keys).Handle(Work, Task<JobOutcome> (text, _) => Task.FromResult(
            text == "a" ? JobOutcome.RescheduleAfter(Minute).With(Secret) : JobOutcome.Discard(text == Secret ? "read" : "lost"))));
        var handle = await client.EnqueueAsync(Work, "a").Soon();
        await Waits(handle);
        var waiting = await handle.GetAsync().Soon();
        Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(waiting.Payload.Span), StringComparison.Ordinal);
        Assert.Equal("read", (await AdvanceUntil(Minute, EndOf(handle))).Reason);
    }

    [Fact]
    public async Task Equal_payloads_are_one_job_although_they_are_encrypted_and_over_a_change_of_keys()
    {
        var unique = TaskDefinition.Create<string>("unique", o => o.UniqueByPayload = true);
        var client = await StartClientAsync(b => b.UseEncryption(_keys).Handle(unique, (_, _) => Task.CompletedTask));
        var first = await client.EnqueueAsync(unique, Secret, o => o.After(Minute)).Soon();
        Assert.Equal(first.Id, (await client.EnqueueAsync(unique, Secret, o => o.After(Minute)).Soon()).Id);
        _keys.Known = [First, Newer];
        _keys.Current = Newer;
        Assert.Equal(first.Id, (await client.EnqueueAsync(unique, Secret, o => o.After(Minute)).Soon()).Id);
        Assert.NotEqual(first.Id, (await client.EnqueueAsync(unique, "other", o => o.After(Minute)).Soon()).Id);
        var key = (await first.GetAsync().Soon()).UniqueKey!;
        var plain = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"\"{Secret}\""));
        Assert.DoesNotContain(Convert.ToHexStringLower(plain)[..8], key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_hold_for_what_is_stored()
    {
        var client = await StartClientAsync(b =>
        {
            b.Limits = new JobLimits { MaxPayloadBytes = 100, MaxResultBytes = 100, MaxBatchBytes = 150 };
            b.UseEncryption(_keys).Handle(Measure, (text, _) => Task.FromResult(text.Length)).Handle(Work, (_, _) => Task.CompletedTask);
        });
        var most = 100 - OverheadBytes - First.Id.Length - 2;
        await client.RunAsync(Measure, new string('x', most)).Soon();
        var payload = await Assert.ThrowsAsync<LimitExceededException>(() => client.EnqueueAsync(Work, new string('x', most + 1)).Soon());
        Assert.Equal((nameof(JobLimits.MaxPayloadBytes), 101L), (payload.Limit, payload.Actual));
        var batch = await Assert.ThrowsAsync<LimitExceededException>(() => client.EnqueueManyAsync(Work, ["aaaaaaa", "b", "c"]).Soon());
        Assert.Equal(nameof(JobLimits.MaxBatchBytes), batch.Limit);
        Assert.Equal(new JobCounts { Completed = 1 }, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task Encryption_is_switched_on_and_off_while_jobs_are_stored()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        await using var engine = await StartAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var plain = await engine.Client.EnqueueAsync(Measure, "plain", o => o.After(Minute)).Soon();
        await engine.StopAsync().Soon();

        await using var strict = await StartAsync(b => b.UseEncryption(_keys).Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var stored = await strict.Client.GetAsync(plain.Id).Soon();
        var refused = Assert.Throws<PayloadEncryptionException>(() => strict.Client.PayloadOf(Measure, stored));
        Assert.Equal(EncryptionProblem.NotEncrypted, refused.Problem);
        var hidden = await strict.Client.EnqueueAsync(Measure, "hidden", o => o.After(Minute * 2)).Soon();
        await strict.StopAsync().Soon();

        await using var lenient = await StartAsync(
            b => b.UseEncryption(_keys, acceptUnencrypted: true).Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        Assert.Equal(5, await AdvanceUntil(Minute, lenient.Client.Handle(Measure, plain.Id).ResultAsync().Soon()));
        await lenient.StopAsync().Soon();

        await using var off = await StartAsync(b => b.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var unread = await off.Client.GetAsync(hidden.Id).Soon();
        var error = Assert.Throws<PayloadEncryptionException>(() => off.Client.PayloadOf(Measure, unread));
        Assert.Equal(EncryptionProblem.NoKeys, error.Problem);
    }

    [Fact]
    public async Task A_payload_that_is_not_kept_is_gone_and_the_result_is_read()
    {
        var task = ResultTask.Create<string, int>("brief", o => o.Retention = RetentionPolicy.Default with { KeepPayload = false });
        var client = await StartClientAsync(b => b.UseEncryption(_keys).Handle(task, (text, _) => Task.FromResult(text.Length)));
        var handle = await client.EnqueueAsync(task, Secret).Soon();
        await EndOf(handle);
        var job = await handle.GetAsync().Soon();
        Assert.Equal((JobState.Completed, 0, Secret.Length), (job.State, job.Payload.Length, client.ResultOf(task, job)));
        Assert.Throws<PayloadDecodingException>(() => client.PayloadOf(task, job));
    }

    private static string KeyOf(ReadOnlyMemory<byte> stored) => Encoding.ASCII.GetString(stored.Span.Slice(2, stored.Span[1]));

    private sealed class TurningKeys : IPayloadKeyProvider
    {
        public required PayloadKey Current { get; set; }

        public required PayloadKey FingerprintKey { get; init; }

        internal required IReadOnlyList<PayloadKey> Known { get; set; }

        public PayloadKey? Find(string keyId) => Known.FirstOrDefault(key => key.Id == keyId);
    }
}
