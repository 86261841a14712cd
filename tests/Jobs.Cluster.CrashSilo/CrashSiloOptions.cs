using System.Globalization;

namespace Jobs.Cluster.CrashSilo;

/// <summary>What a silo process is told when it is started.</summary>
/// <param name="Connection">An Npgsql connection string.</param>
/// <param name="Schema">The schema of the cluster, which is its name as well.</param>
/// <param name="Name">The silo's name, unlike that of any other silo of the test.</param>
/// <param name="SiloPort">The port for other silos.</param>
/// <param name="GatewayPort">The port for clients.</param>
internal sealed record CrashSiloOptions(string Connection, string Schema, string Name, int SiloPort, int GatewayPort)
{
    internal static CrashSiloOptions Parse(string[] args) => args is [var connection, var schema, var name, var silo, var gateway]
        ? new CrashSiloOptions(connection, schema, name, int.Parse(silo, CultureInfo.InvariantCulture), int.Parse(gateway, CultureInfo.InvariantCulture))
        : throw new ArgumentException("usage: Jobs.Cluster.CrashSilo CONNECTION SCHEMA NAME SILO-PORT GATEWAY-PORT");

    internal string[] ToArguments() =>
        [Connection, Schema, Name, SiloPort.ToString(CultureInfo.InvariantCulture), GatewayPort.ToString(CultureInfo.InvariantCulture)];
}
