using System.Globalization;
using System.Net;
using Jobs.Grains.Postgres;

namespace Jobs.Silo;

/// <summary>What a silo is told by its file, its environment and its arguments, checked.</summary>
internal sealed record SiloSettings
{
    /// <summary>How each value is said on the command line.</summary>
    internal static readonly Dictionary<string, string> Arguments = new()
    {
        ["--postgres"] = "Jobs:Postgres",
        ["--schema"] = "Jobs:Schema",
        ["--cluster"] = "Jobs:Cluster",
        ["--address"] = "Jobs:Address",
        ["--silo-port"] = "Jobs:SiloPort",
        ["--gateway-port"] = "Jobs:GatewayPort",
        ["--drain-seconds"] = "Jobs:DrainSeconds",
        ["--tls-certificate"] = "Jobs:Tls:Certificate",
        ["--tls-key"] = "Jobs:Tls:Key",
        ["--tls-authority"] = "Jobs:Tls:Authority",
        ["--urls"] = "Urls",
    };

    internal string? Postgres { get; init; }

    internal required string Schema { get; init; }

    internal required string Cluster { get; init; }

    internal required IPAddress Address { get; init; }

    internal required int SiloPort { get; init; }

    internal required int GatewayPort { get; init; }

    internal required TimeSpan DrainTime { get; init; }

    internal ClusterTls? Tls { get; init; }

    /// <exception cref="FormatException">A value cannot be read; the message says which one and what it may be.</exception>
    internal static SiloSettings From(IConfiguration configuration)
    {
        var jobs = configuration.GetSection("Jobs");
        return new SiloSettings
        {
            Postgres = jobs["Postgres"] is { Length: > 0 } connection ? connection : null,
            Schema = jobs["Schema"] ?? "jobs",
            Cluster = jobs["Cluster"] ?? "jobs",
            Address = IPAddress.TryParse(jobs["Address"] ?? "127.0.0.1", out var address)
                ? address
                : throw new FormatException($"Jobs:Address is '{jobs["Address"]}'. Use the IP address that the other silos reach this one by."),
            SiloPort = Number(jobs, "SiloPort", 11111, 1, 65535),
            GatewayPort = Number(jobs, "GatewayPort", 30000, 1, 65535),
            DrainTime = TimeSpan.FromSeconds(Number(jobs, "DrainSeconds", 30, 0, 86_400)),
            Tls = TlsOf(jobs.GetSection("Tls")),
        };
    }

    private static ClusterTls? TlsOf(IConfiguration tls) => (tls["Certificate"], tls["Authority"]) switch
    {
        ({ Length: > 0 } certificate, { Length: > 0 } authority) =>
            new ClusterTls { CertificateFile = certificate, KeyFile = tls["Key"] is { Length: > 0 } key ? key : null, AuthorityFile = authority },
        (null or "", null or "") => null,
        _ => throw new FormatException("Jobs:Tls needs both Certificate and Authority, or neither."),
    };

    private static int Number(IConfiguration jobs, string name, int otherwise, int from, int to)
    {
        if (jobs[name] is not { } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to
            ? number
            : throw new FormatException($"Jobs:{name} is '{text}'. Use a whole number from {from} to {to}.");
    }
}
