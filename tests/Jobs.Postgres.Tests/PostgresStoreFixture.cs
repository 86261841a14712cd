using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Postgres.Tests;

/// <summary>Stores on a schema of their own.</summary>
internal sealed class PostgresStoreFixture(PostgresFixture postgres) : IStoreFixture
{
    private readonly string _schema = PostgresFixture.NewSchema();

    public ValueTask<IJobStore> CreateAsync() => new(new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = _schema }));

    public ValueTask DisposeAsync() => postgres.DropAsync(_schema);
}
