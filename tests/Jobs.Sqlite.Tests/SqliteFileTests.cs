using Jobs.Conformance.Comparison;
using Jobs.Core;
using Microsoft.Data.Sqlite;

namespace Jobs.Sqlite.Tests;

/// <summary>What can be wrong with a file, and what stays in it.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private static readonly PartitionKey Home = new("q", 0);

    private readonly TempFolder _folder = new();
    private readonly StoredJobs _jobs = new();

    [Theory]
    [InlineData(SqliteSynchronous.Normal)]
    [InlineData(SqliteSynchronous.Full)]
    public async Task Everything_is_there_after_the_file_was_closed_and_opened_again(SqliteSynchronous synchronous)
    {
        var options = new SqliteOptions { Synchronous = synchronous };
        var (waiting, ended) = (_jobs.New(uniqueKey: "k"), _jobs.New());
        await using (var store = new SqliteJobStore(_folder["jobs.db"], options))
        {
            await store.OwnAsync(Home, "first", default);
            await CommitAsync(store, StoredJobs.Insert(waiting), StoredJobs.Insert(ended));
            await CommitAsync(store, StoredJobs.Change(ended, StoredJobs.Ended(ended)));
            Assert.True(File.Exists(_folder["jobs.db-wal"]), "the write-ahead log is on");
        }

        Assert.False(File.Exists(_folder["jobs.db-wal"]), "closing moves the log into the file");
        await using var again = new SqliteJobStore(_folder["jobs.db"], options);
        Assert.Equal(StoreText.Of(waiting), StoreText.Of(await again.FindAsync(waiting.Id, default)));
        Assert.Equal(StoreText.Of(StoredJobs.Ended(ended)), StoreText.Of(await again.FindAsync(ended.Id, default)));
        var opening = await again.OwnAsync(Home, "second", default);
        Assert.Equal((2, ended.Sequence, 1), (opening.Epoch, opening.LastSequence, opening.UnfinishedJobs));
    }

    [Fact]
    public async Task The_last_sequence_number_is_known_even_if_no_job_is_left()
    {
        await using var store = new SqliteJobStore(_folder["jobs.db"]);
        await store.OwnAsync(Home, "first", default);
        var job = _jobs.New();
        await CommitAsync(store, StoredJobs.Insert(job));
        await CommitAsync(store, StoredJobs.Change(job, null));
        Assert.Equal(job.Sequence, (await store.OwnAsync(Home, "second", default)).LastSequence);
    }

    [Fact]
    public async Task Two_stores_on_one_file_fence_each_other()
    {
        await using var first = new SqliteJobStore(_folder["jobs.db"]);
        await using var second = new SqliteJobStore(_folder["jobs.db"]);
        var epoch = (await first.OwnAsync(Home, "first", default)).Epoch;
        var job = _jobs.New();
        await CommitAsync(first, StoredJobs.Insert(job, epoch));

        var next = (await second.OwnAsync(Home, "second", default)).Epoch;
        var late = await first.CommitAsync([new Unit(StoredJobs.Change(job, StoredJobs.Started(job), epoch))], default);
        Assert.Equal(new CommitVerdict.Fenced(Home), Assert.Single(late));
        await CommitAsync(second, StoredJobs.Change(job, StoredJobs.Started(job), next));
        Assert.Equal(JobState.Running, (await first.FindAsync(job.Id, default))!.State);
    }

    [Fact]
    public async Task A_query_does_not_wait_for_a_writer()
    {
        await using var store = new SqliteJobStore(_folder["jobs.db"]);
        await store.OwnAsync(Home, "owner", default);
        var job = _jobs.New();
        await CommitAsync(store, StoredJobs.Insert(job));
        using var other = Foreign("jobs.db");
        using var writing = other.BeginTransaction(deferred: false);
        Assert.NotNull(await store.FindAsync(job.Id, default).AsTask().WaitAsync(TimeSpan.FromSeconds(180)));
    }

    [Fact]
    public async Task A_file_that_another_process_keeps_locked_is_named_with_the_remedy_and_used_again_when_it_is_free()
    {
        await using var store = new SqliteJobStore(_folder["jobs.db"], new SqliteOptions { BusyTimeout = TimeSpan.FromMilliseconds(1) });
        await store.OwnAsync(Home, "owner", default);
        var job = _jobs.New();
        using (var other = Foreign("jobs.db"))
        {
            using var writing = other.BeginTransaction(deferred: false);
            var refused = await Assert.ThrowsAsync<JobFileException>(async () => await CommitAsync(store, StoredJobs.Insert(job)));
            Assert.Equal(JobFileProblem.Locked, refused.Problem);
            Assert.Contains("raise BusyTimeout", refused.Message, StringComparison.Ordinal);
        }

        await CommitAsync(store, StoredJobs.Insert(job));
    }

    [Fact]
    public async Task A_full_disk_undoes_the_commit_and_is_named_with_the_remedy()
    {
        await using var store = new SqliteJobStore(_folder["jobs.db"]);
        await store.OwnAsync(Home, "owner", default);
        await store.LimitPagesAsync(40);
        var large = _jobs.New() with { Payload = new byte[1_000_000] };
        var small = _jobs.New();
        var refused = await Assert.ThrowsAsync<JobFileException>(
            async () => await store.CommitAsync([new Unit(StoredJobs.Insert(small)), new Unit(StoredJobs.Insert(large))], default));
        Assert.Equal(JobFileProblem.DiskFull, refused.Problem);
        Assert.Contains("Free some space", refused.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync(small.Id, default));
        await CommitAsync(store, StoredJobs.Insert(small), StoredJobs.Insert(large));
    }

    [Fact]
    public async Task A_missing_folder_is_named_with_the_remedy()
    {
        var refused = await RefusedAsync(Path.Combine(_folder["missing"], "jobs.db"));
        Assert.Equal(JobFileProblem.CannotOpen, refused.Problem);
        Assert.Contains("Create the folder", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_no_file()
    {
        Directory.CreateDirectory(_folder["folder"]);
        var refused = await RefusedAsync(_folder["folder"]);
        Assert.Equal(JobFileProblem.CannotOpen, refused.Problem);
        Assert.Contains("Name a file in it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_something_else_is_left_alone()
    {
        await File.WriteAllTextAsync(_folder["notes.txt"], string.Concat(Enumerable.Repeat("shopping list\n", 500)));
        var refused = await RefusedAsync(_folder["notes.txt"]);
        Assert.Equal(JobFileProblem.NotADatabase, refused.Problem);
        Assert.StartsWith("shopping list", await File.ReadAllTextAsync(_folder["notes.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_something_else_is_left_alone()
    {
        using (var other = Foreign("other.db")) Execute(other, "create table invoice (id integer)");
        var refused = await RefusedAsync(_folder["other.db"]);
        Assert.Equal(JobFileProblem.HoldsOtherTables, refused.Problem);
        Assert.Contains("a file of their own", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(":memory:")]
    [InlineData("file:jobs.db?mode=memory")]
    public void A_path_that_names_no_file_is_refused_at_once(string path)
    {
        var refused = Assert.Throws<InvalidJobOptionException>(() => new SqliteJobStore(path));
        Assert.Contains("UseInMemory()", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<InvalidJobOptionException>(() => new SqliteJobStore("jobs.db", new SqliteOptions { BusyTimeout = TimeSpan.Zero }));
        Assert.Throws<InvalidJobOptionException>(() => new SqliteJobStore("jobs.db", new SqliteOptions { MaxReaders = 0 }));
        Assert.Throws<InvalidJobOptionException>(() => new SqliteJobStore("jobs.db", new SqliteOptions { Synchronous = (SqliteSynchronous)7 }));
        Assert.Throws<ArgumentException>(() => new SqliteJobStore(""));
    }

    [Fact]
    public async Task A_store_that_was_disposed_says_so()
    {
        var store = new SqliteJobStore(_folder["jobs.db"]);
        await store.OwnAsync(Home, "owner", default);
        await store.DisposeAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(default, default));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.OwnAsync(Home, "owner", default));
    }

    [Fact]
    public async Task A_query_can_be_given_up()
    {
        await using var store = new SqliteJobStore(_folder["jobs.db"]);
        await store.OwnAsync(Home, "owner", default);
        using var ended = new CancellationTokenSource();
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ListAsync(new JobQuery(), StoredJobs.Start, ended.Token));
        Assert.Empty(await store.ListAsync(new JobQuery(), StoredJobs.Start, default));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task CommitAsync(SqliteJobStore store, params JobChange[] changes) =>
        Assert.IsType<CommitVerdict.Committed>(Assert.Single(await store.CommitAsync([new Unit(changes)], default)));

    private static async Task<JobFileException> RefusedAsync(string path)
    {
        await using var store = new SqliteJobStore(path);
        return await Assert.ThrowsAsync<JobFileException>(async () => await store.OwnAsync(Home, "owner", default));
    }

    private SqliteConnection Foreign(string name)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _folder[name], Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
