using Jobs.Conformance;
using Jobs.Core.Tests.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Core.Tests.Hosting;

/// <summary>A service's program without a web server: it serves, or it does one thing and ends with a code that says how.</summary>
public sealed class AdminCommandTests : IDisposable
{
    private static readonly ResultTask<string, int> Measure = ResultTask.Create<string, int>("measure");

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Without_arguments_it_serves_until_it_is_stopped()
    {
        var host = Host();
        var run = host.RunJobsAsync([], Commands(), _output, _error);
        var client = host.Services.GetRequiredService<IJobClient>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        await using var telling = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.Soon();
        Assert.Equal(3, await client.RunAsync(Measure, "abc").Soon());
        lifetime.StopApplication();
        Assert.Equal(0, await run.Soon());
        Assert.Throws<ObjectDisposedException>(() => host.Services.GetRequiredService<IJobClient>());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => client.RunAsync(Measure, "abc").AsTask().Soon());
    }

    [Fact]
    public async Task A_command_runs_in_place_of_the_service_with_its_arguments()
    {
        IReadOnlyList<string>? got = null;
        var commands = Commands().Add("probe", "Looks.", async (services, args, _) =>
        {
            got = args;
            await Assert.ThrowsAsync<ServiceStoppedException>(
                () => services.GetRequiredService<IJobClient>().EnqueueAsync(Measure, "x", cancellation: CancellationToken.None).AsTask());
        });
        Assert.Equal(0, await Host().RunJobsAsync(["probe", "--deep", "x"], commands, _output, _error).Soon());
        Assert.Equal(["--deep", "x"], got!);
        Assert.Equal("", _output.ToString() + _error);
    }

    [Fact]
    public async Task A_command_can_use_the_running_service_which_stops_after_it()
    {
        IJobClient? client = null;
        var commands = Commands().AddWhileServing("measure", "Measures.", async (services, args, cancellation) =>
        {
            client = services.GetRequiredService<IJobClient>();
            Assert.Equal(2, await client.RunAsync(Measure, args[0], cancellation: cancellation));
        });
        Assert.Equal(0, await Host().RunJobsAsync(["measure", "ab"], commands, _output, _error).Soon());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => client!.RunAsync(Measure, "ab").AsTask().Soon());
    }

    [Fact]
    public async Task A_command_that_fails_exits_with_1_and_says_why()
    {
        foreach (var name in (string[])["fail", "fail-serving"])
        {
            Assert.Equal(1, await Host().RunJobsAsync([name], Commands(), _output, _error).Soon());
        }

        Assert.Equal(2, _error.ToString().Split("FormatException: it is broken").Length - 1);
    }

    [Fact]
    public async Task A_command_that_is_stopped_exits_with_1()
    {
        using var stop = new CancellationTokenSource();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var commands = Commands().Add("wait", "Waits.", async (_, _, cancellation) =>
        {
            entered.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellation);
        });
        var run = Host().RunJobsAsync(["wait"], commands, _output, _error, stop.Token);
        await entered.Task.Soon();
        await stop.CancelAsync();
        Assert.Equal(1, await run.Soon());
        Assert.Contains("stopped before it had ended", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_command_prints_help_and_exits_with_2()
    {
        Assert.Equal(2, await Host().RunJobsAsync(["Fail"], Commands(), _output, _error).Soon());
        Assert.Equal("", _output.ToString());
        Assert.StartsWith("There is no command 'Fail'.", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("  fail-serving  Fails while serving.", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("help"), InlineData("-h"), InlineData("--help")]
    public async Task Help_lists_the_commands(string argument)
    {
        Assert.Equal(0, await Host().RunJobsAsync([argument], Commands(), _output, _error).Soon());
        var lines = _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["  fail          Fails.", "  fail-serving  Fails while serving.", "  help          Shows this."], lines.Skip(1));
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public void Names_that_are_reserved_or_taken_are_refused()
    {
        var commands = Commands();
        foreach (var name in AdminCommands.ReservedNames)
            Refusal.Of<InvalidNameException>(() => commands.Add(name, "", (_, _, _) => Task.CompletedTask), "it is reserved for help");
        Refusal.Of<InvalidNameException>(() => commands.Add("fail", "", (_, _, _) => Task.CompletedTask), "there is a command of this name");
        Refusal.Of<InvalidNameException>(() => commands.Add("-x", "", (_, _, _) => Task.CompletedTask), "begin it with another character");
        Refusal.Of<InvalidNameException>(() => commands.AddWhileServing("two words", "", (_, _, _) => Task.CompletedTask), "use ASCII letters");
        Assert.Equal(["fail", "fail-serving"], commands.Names);
    }

    private static AdminCommands Commands() => new AdminCommands()
        .Add("fail", "Fails.", (_, _, _) => throw new FormatException("it is broken"))
        .AddWhileServing("fail-serving", "Fails while serving.", (_, _, _) => Task.FromException(new FormatException("it is broken")));

    private static IHost Host()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddJobs(jobs => jobs.Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        return builder.Build();
    }
}
