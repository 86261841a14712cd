namespace Quickstart;

/// <summary>Where jobs and results are kept.</summary>
internal enum StoreKind
{
    Memory,
    Sqlite,
    Postgres,
}
