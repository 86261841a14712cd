using System.Text;
using System.Text.Json.Serialization;

namespace Jobs.Conformance.Engines;

/// <summary>Payloads and results by source-generated JSON, as bytes, and by a codec of one's own (A13).</summary>
public abstract partial class CodecContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task A_service_writes_source_generated_json()
    {
        var task = ResultTask.Create<Parcel, Weight>("weigh");
        var client = await StartClientAsync(b => b.UseJson(ParcelContext.Default)
            .Handle(task, (parcel, _) => Task.FromResult(new Weight(parcel.WeightGrams * parcel.Labels.Count))));
        var handle = await client.EnqueueAsync(task, new Parcel(3, ["a", "b"])).Soon();
        Assert.Equal(new Weight(6), await handle.ResultAsync().Soon());
        var job = await EndOf(handle);
        Assert.Equal(("application/json", """{"weightGrams":3,"labels":["a","b"]}"""), (job.ContentType, Encoding.UTF8.GetString(job.Payload.Span)));
        Assert.Equal(["a", "b"], client.PayloadOf(task, job).Labels);
        Assert.Equal(new Weight(6), client.ResultOf(task, job));
    }

    [Fact]
    public async Task A_type_that_no_context_knows_is_refused_before_anything_is_stored()
    {
        var unknown = TaskDefinition.Create<Version>("unknown");
        var client = await StartClientAsync(b => b.UseJson(ParcelContext.Default).Handle(unknown, (_, _) => Task.CompletedTask));
        await Assert.ThrowsAsync<PayloadEncodingException>(() => client.EnqueueAsync(unknown, new Version(1, 2)).Soon());
        Assert.Equal(0, (await client.CountAsync().Soon()).Unfinished);
    }

    [Fact]
    public async Task A_task_has_a_context_of_its_own_beside_the_codec_of_the_service()
    {
        var own = ResultTask.Create<Parcel, Weight>("weigh", o => o.UseJson(ParcelContext.Default));
        var client = await StartClientAsync(b => b.UseCodec(new ReversingCodec())
            .Handle(own, (parcel, _) => Task.FromResult(new Weight(parcel.WeightGrams)))
            .Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        Assert.Equal(new Weight(5), await client.RunAsync(own, new Parcel(5, [])).Soon());
        var reversed = await client.EnqueueAsync(Measure, "abc").Soon();
        Assert.Equal(3, await reversed.ResultAsync().Soon());
        var job = await EndOf(reversed);
        Assert.Equal(("text/reversed", "\"cba\""), (job.ContentType, Encoding.UTF8.GetString(job.Payload.Span)));
    }

    public sealed record Parcel(int WeightGrams, IReadOnlyList<string> Labels);

    public sealed record Weight(int Grams);

    [JsonSerializable(typeof(Parcel))]
    [JsonSerializable(typeof(Weight))]
    private sealed partial class ParcelContext : JsonSerializerContext;

    private sealed class ReversingCodec : IPayloadCodec
    {
        public string ContentType => "text/reversed";

        public ReadOnlyMemory<byte> Encode<T>(T value) => Reversed(JsonPayloadCodec.Default.Encode(value));

        public T? Decode<T>(ReadOnlyMemory<byte> bytes) => JsonPayloadCodec.Default.Decode<T>(Reversed(bytes));

        private static byte[] Reversed(ReadOnlyMemory<byte> bytes)
        {
            var reversed = bytes.ToArray();
            Array.Reverse(reversed);
            return reversed;
        }
    }
}
