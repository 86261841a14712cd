using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Jobs.Grains.Postgres;

/// <summary>
/// What a silo or a client shows to the others of its cluster, and whom it believes: only those whose certificate comes from the cluster's
/// own authority. Certificates that the machine trusts otherwise count for nothing, and names and revocation are not looked at.
/// </summary>
public sealed record ClusterTls
{
    /// <summary>A PEM file with this process's certificate, and those between it and the authority.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>A PEM file with its private key, not encrypted; null, the default, means that the key is in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>A PEM file with the certificate of the authority that issues those of all silos and clients; several while it is changed.</summary>
    public required string AuthorityFile { get; init; }

    /// <summary>Reads the files.</summary>
    /// <exception cref="InvalidJobOptionException">A file cannot be read, or holds something else.</exception>
    internal (X509Certificate2 Own, X509Certificate2Collection Authorities) Read()
    {
        var authorities = new X509Certificate2Collection();
        Try(nameof(AuthorityFile), AuthorityFile, () => authorities.ImportFromPemFile(AuthorityFile));
        if (authorities.Count == 0) throw Unusable(nameof(AuthorityFile), AuthorityFile, "it holds no certificate");
        X509Certificate2 own = null!;
        Try(nameof(CertificateFile), CertificateFile, () => own = X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile));
        return (own, authorities);
    }

    /// <summary>Whether a certificate comes from one of the authorities.</summary>
    internal static bool IsMember(X509Certificate2 certificate, X509Chain? presented, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate);
    }

    private static void Try(string option, string file, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw Unusable(option, file, e.Message);
        }
    }

    private static InvalidJobOptionException Unusable(string option, string file, string why) =>
        new(option, file, $"name a PEM file that can be read ({why.TrimEnd('.')})");
}
