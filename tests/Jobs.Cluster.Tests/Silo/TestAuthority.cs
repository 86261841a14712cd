using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Jobs.Grains.Postgres;

namespace Jobs.Cluster.Tests.Silo;

/// <summary>An authority of a test's own, in a folder of its own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-tls-").FullName;
    private readonly X509Certificate2 _authority;
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddHours(-1);

    internal TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(_from, _from.AddDays(1));
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    internal string AuthorityFile => Path.Combine(_folder, "authority.pem");

    /// <summary>The files of a new member; its key has a file of its own.</summary>
    internal ClusterTls Member(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var certificate = request.Create(_authority, _from, _from.AddHours(12), RandomNumberGenerator.GetBytes(8));
        var tls = new ClusterTls
        {
            CertificateFile = Path.Combine(_folder, $"{name}.pem"),
            KeyFile = Path.Combine(_folder, $"{name}.key"),
            AuthorityFile = AuthorityFile,
        };
        File.WriteAllText(tls.CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(tls.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return tls;
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
