using Jobs.Conformance;
using Jobs.Postgres;
using Jobs.Postgres.Tests;
using Npgsql;

namespace Jobs.Examples.Tests.Checkout;

/// <summary>Seeds 000, 003 and 004: jobs in the caller's transaction, handlers in their job's one, and an outbox. PostgreSQL only.</summary>
public abstract class CheckoutExampleContract(PostgresFixture postgres, Func<string, IEngineFixture> fixtureOn) : IAsyncLifetime
{
    private readonly string _schema = PostgresFixture.NewSchema();
    private NpgsqlDataSource? _database;
    private IEngineFixture? _fixture;
    private ITestEngine? _engine;
    private CheckoutDesk? _desk;

    private CheckoutDesk Desk => _desk!;

    private IJobClient Jobs => _engine!.Client;

    public async ValueTask InitializeAsync()
    {
        var connection = postgres.Require();
        _database = NpgsqlDataSource.Create(connection);
        _desk = new CheckoutDesk(_database, _schema);
        _fixture = fixtureOn(_schema);
        _engine = _fixture.Create(Desk.Describe, TimeProvider.System, null);
        await _engine.StartAsync().Soon();
        await Desk.SetUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        if (_fixture is not null) await _fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_sale_and_its_booking_are_there_together_or_not_at_all()
    {
        var booking = await Desk.SellAsync(Jobs, new Sale("tea", 3)).Soon();
        await booking.CompletionAsync().Soon();
        Assert.Equal((1, 3), await Desk.CountAsync());

        await Assert.ThrowsAsync<InvalidOperationException>(() => Desk.SellAsync(Jobs, new Sale("cups", 6), isPaid: false).Soon());
        Assert.Equal((1, 3), await Desk.CountAsync());
        Assert.Equal(new JobCounts { Completed = 1 }, await Jobs.CountAsync().Soon());
    }

    [Fact]
    public async Task A_booking_that_breaks_off_leaves_nothing_but_its_error()
    {
        Desk.BreaksOff = true;
        var booking = await Desk.SellAsync(Jobs, new Sale("tea", 3)).Soon();
        var done = await booking.WaitAsync().Soon();
        Assert.Equal((JobState.Completed, 2, "The drawer is stuck."), (done.State, done.Attempt, Assert.Single(done.Errors).Message));
        Assert.Equal((1, 3), await Desk.CountAsync());
    }

    [Fact]
    public async Task Messages_of_another_program_become_bookings()
    {
        await Desk.SellElsewhereAsync(new Sale("tea", 1), new Sale("cups", 2));
        await Desk.SellElsewhereAsync();
        Assert.Equal(new OutboxPass(2, 0), await Desk.DrainAsync(postgres.Require(), Jobs).Soon());
        Assert.Equal(new OutboxPass(0, 0), await Desk.DrainAsync(postgres.Require(), Jobs).Soon());
        while ((await Jobs.CountAsync().Soon()).Completed < 2) await Task.Yield();
        Assert.Equal((2, 3), await Desk.CountAsync());
    }
}
