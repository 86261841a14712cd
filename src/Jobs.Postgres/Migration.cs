using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Jobs.Postgres;

/// <summary>A numbered step of the schema, and the checksum by which it is known again.</summary>
/// <param name="Name">The file's name, which says the order.</param>
/// <param name="Text">The SQL.</param>
/// <param name="Table">The table that notes what was applied; each library that has migrations has one.</param>
internal sealed record Migration(string Name, string Text, string Table = "migration")
{
    /// <summary>All of them in their order.</summary>
    internal static IReadOnlyList<Migration> All { get; } = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => new Migration(Path.GetFileNameWithoutExtension(name), Statements.Resource(name)))];

    internal string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n"))));

    /// <summary>The step, and the note that it was made.</summary>
    internal string For(string schema) => Text.Replace("{schema}", schema, StringComparison.Ordinal)
        + $"\ninsert into {schema}.{Table} (name, checksum) values ('{Name}', '{Checksum}');\n";
}
