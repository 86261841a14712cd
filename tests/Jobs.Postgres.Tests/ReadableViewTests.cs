using Jobs.Conformance;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>What somebody with psql sees.</summary>
public sealed class ReadableViewTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Plain_payloads_are_text_and_encrypted_ones_are_hexadecimal()
    {
        var schema = PostgresFixture.NewSchema();
        try
        {
            var plain = ResultTask.Create<string, int>("plain");
            var secret = ResultTask.Create<string, int>("secret", o => o.Codec = new EncryptingPayloadCodec(new StaticPayloadKeys(PayloadKey.Generate("k"))));
            await using var engine = await EmbeddedJobs.StartAsync(b => b.UsePostgres(postgres.Require(), o => o.Schema = schema)
                .Handle(plain, (text, _) => Task.FromResult(text.Length)).Handle(secret, (text, _) => Task.FromResult(text.Length))).Soon();
            await engine.Client.RunAsync(plain, "words").Soon();
            await engine.Client.RunAsync(secret, "words").Soon();
            await using var database = NpgsqlDataSource.Create(postgres.Require());
            await using var read = database.CreateCommand($"select task, payload, result from {schema}.job_readable order by task");
            await using var rows = await read.ExecuteReaderAsync();
            Assert.True(await rows.ReadAsync());
            Assert.Equal(("plain", "\"words\"", "5"), (rows.GetString(0), rows.GetString(1), rows.GetString(2)));
            Assert.True(await rows.ReadAsync());
            Assert.Equal("secret", rows.GetString(0));
            Assert.Matches("^01016b[0-9a-f]{94}$", rows.GetString(1));
            Assert.Matches("^01016b[0-9a-f]+$", rows.GetString(2));
        }
        finally
        {
            await postgres.DropAsync(schema);
        }
    }
}
