using System.Diagnostics;
using System.Globalization;

namespace Jobs.Postgres.Tests;

/// <summary>
/// A PostgreSQL server for one test run: the one that JOBS_TEST_POSTGRES names, or one of its own, started from the installed binaries
/// on loopback in a temporary folder and removed afterwards. PostgreSQL refuses to run as root, so root starts it as another user.
/// </summary>
public sealed class ThrowawayPostgres : IAsyncDisposable
{
    private readonly string? _folder;
    private readonly string? _binaries;
    private readonly string _settings;

    private ThrowawayPostgres(string connectionString, string? folder, string? binaries, string settings)
    {
        _settings = settings;
        ConnectionString = connectionString;
        _folder = folder;
        _binaries = binaries;
    }

    /// <summary>How to connect.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts a server, or returns the one that the environment names; null if there is neither.</summary>
    /// <param name="settings">More settings of a server of its own, such as <c>-c fsync=off</c> where nobody cuts its power.</param>
    public static async Task<ThrowawayPostgres?> StartAsync(string settings = "")
    {
        if (Environment.GetEnvironmentVariable("JOBS_TEST_POSTGRES") is { Length: > 0 } given) return new ThrowawayPostgres(given, null, null, settings);
        if (FindBinaries() is not { } binaries) return null;
        var folder = await NewFolderAsync();
        var port = LoopbackPorts.Next().ToString(CultureInfo.InvariantCulture);
        await RunAsUserAsync(Path.Combine(binaries, "initdb"), "-D", Data(folder), "-A", "trust", "-U", "jobs", "-E", "UTF8", "--no-sync");
        await RunAsUserAsync(
            Path.Combine(binaries, "pg_ctl"), "-D", Data(folder), "-w", "-l", Path.Combine(folder, "log"), "-o",
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=200 {settings}", "start");
        return new ThrowawayPostgres($"Host=127.0.0.1;Port={port};Username=jobs;Database=postgres", folder, binaries, settings);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_folder is null) return;
        await RunAsUserAsync(Path.Combine(_binaries!, "pg_ctl"), "-D", Data(_folder), "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Where the server writes its log; null if it is not this run's own.</summary>
    public string? LogFile => _folder is null ? null : Path.Combine(_folder, "log");

    /// <summary>Stops the server as a power cut would.</summary>
    public Task CrashAsync() => RunAsUserAsync(Path.Combine(_binaries!, "pg_ctl"), "-D", Data(_folder!), "-m", "immediate", "-w", "stop");

    /// <summary>True if this run may stop and start the server.</summary>
    public bool IsOwn => _folder is not null;

    /// <summary>Starts the server again after <see cref="CrashAsync"/>.</summary>
    public Task RestartAsync()
    {
        var port = ConnectionString.Split("Port=")[1].Split(';')[0];
        return RunAsUserAsync(
            Path.Combine(_binaries!, "pg_ctl"), "-D", Data(_folder!), "-w", "-l", Path.Combine(_folder!, "log"), "-o",
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c max_connections=200 {_settings}", "start");
    }

    private static string Data(string folder) => Path.Combine(folder, "data");

    /// <summary>A folder that the server's user owns. Root's own temporary folder may be closed to others, so root takes the common one.</summary>
    private static async Task<string> NewFolderAsync()
    {
        if (Environment.UserName != "root") return Directory.CreateTempSubdirectory("jobs-postgres-").FullName;
        var folder = Directory.CreateDirectory($"/tmp/jobs-postgres-{Guid.NewGuid():n}").FullName;
        await RunAsync("chown", RootsStandIn(), folder);
        return folder;
    }

    private static string? FindBinaries()
    {
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderByDescending(d => d, StringComparer.Ordinal).Select(d => Path.Combine(d, "bin"))
            : [];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return installed.Concat(onPath).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "pg_ctl")));
    }

    private static string RootsStandIn() =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static Task RunAsUserAsync(string program, params string[] arguments) => Environment.UserName == "root"
        ? RunAsync("runuser", ["-u", RootsStandIn(), "--", program, .. arguments])
        : RunAsync(program, arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server inherits the output of pg_ctl, so a pipe would stay open for as long as it runs; it goes to nowhere instead.
        var start = new ProcessStartInfo("sh") { ArgumentList = { "-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program }, WorkingDirectory = "/" };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
