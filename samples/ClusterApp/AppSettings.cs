using System.Globalization;
using Jobs.Grains.Postgres;
using Microsoft.Extensions.Configuration;
using Orleans.Configuration;

namespace ClusterApp;

/// <summary>What a process of the sample is told by its arguments and its environment.</summary>
internal sealed record AppSettings
{
    internal const string Usage = """
        usage: ClusterApp silo [options]    runs a silo with the sample's handler, until it is told to stop
               ClusterApp app [options]     enqueues a job a second and awaits its result, until it is told to stop

          --postgres TEXT       an Npgsql connection string of a database that "Jobs.Silo migrate" has set up
          --cluster NAME        the name that all processes share (jobs)
          --host NAME           silo: the name or address that others reach it by (127.0.0.1)
          --silo-port N         silo: the port for other silos (11111)
          --gateway-port N      silo: the port for clients (30000)
          --jobs N              app: how many jobs to enqueue before it ends (no end)
          --tls-certificate F, --tls-key F, --tls-authority F    PEM files, for TLS between all processes

        Every value can also be said in the environment, as in Jobs__Postgres, Jobs__SiloPort or Jobs__Tls__Certificate.
        """;

    private static readonly Dictionary<string, string> Arguments = new()
    {
        ["--postgres"] = "Jobs:Postgres",
        ["--cluster"] = "Jobs:Cluster",
        ["--host"] = "Jobs:Host",
        ["--silo-port"] = "Jobs:SiloPort",
        ["--gateway-port"] = "Jobs:GatewayPort",
        ["--jobs"] = "Jobs:Jobs",
        ["--tls-certificate"] = "Jobs:Tls:Certificate",
        ["--tls-key"] = "Jobs:Tls:Key",
        ["--tls-authority"] = "Jobs:Tls:Authority",
    };

    internal required bool IsSilo { get; init; }

    internal required string Postgres { get; init; }

    internal required string Cluster { get; init; }

    internal required string Host { get; init; }

    internal required int SiloPort { get; init; }

    internal required int GatewayPort { get; init; }

    internal required int Jobs { get; init; }

    internal ClusterTls? Tls { get; init; }

    /// <exception cref="FormatException">Something cannot be understood; the message says what.</exception>
    internal static AppSettings Parse(string[] args)
    {
        if (args is not ["silo" or "app", .. var options]) throw new FormatException("Say what the process is: silo or app.");
        var jobs = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(options, Arguments).Build().GetSection("Jobs");
        return new AppSettings
        {
            IsSilo = args[0] is "silo",
            Postgres = jobs["Postgres"] ?? throw new FormatException("Say with --postgres where the database is."),
            Cluster = jobs["Cluster"] ?? "jobs",
            Host = jobs["Host"] ?? "127.0.0.1",
            SiloPort = Number(jobs, "SiloPort", 11111),
            GatewayPort = Number(jobs, "GatewayPort", 30000),
            Jobs = Number(jobs, "Jobs", int.MaxValue),
            Tls = jobs["Tls:Certificate"] is { Length: > 0 } certificate
                ? new ClusterTls { CertificateFile = certificate, KeyFile = jobs["Tls:Key"], AuthorityFile = jobs["Tls:Authority"] ?? "" }
                : null,
        };
    }

    internal void Name(ClusterOptions names) => (names.ClusterId, names.ServiceId) = (Cluster, Cluster);

    private static int Number(IConfiguration jobs, string name, int otherwise)
    {
        if (jobs[name] is not { } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"Jobs:{name} is '{text}'. Use a positive number.");
    }
}
