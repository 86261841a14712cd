using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace Jobs.Grains.Postgres;

/// <summary>Encrypts what silos and clients send to each other, and keeps strangers out.</summary>
public static class ClusterTlsExtensions
{
    /// <summary>Has the silo talk TLS to silos and clients, and to members of its cluster only; all of them need it then.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="tls">The certificates; they are read now.</param>
    /// <exception cref="InvalidJobOptionException">A file cannot be read, or holds something else.</exception>
    public static ISiloBuilder UseClusterTls(this ISiloBuilder silo, ClusterTls tls)
    {
        ArgumentNullException.ThrowIfNull(tls);
        var (own, authorities) = tls.Read();
        return silo.UseTls(own, options => Apply(options, own, authorities));
    }

    /// <summary>Has the client talk TLS to silos, and to members of its cluster only.</summary>
    /// <param name="client">The client.</param>
    /// <param name="tls">The certificates; they are read now.</param>
    /// <exception cref="InvalidJobOptionException">A file cannot be read, or holds something else.</exception>
    public static IClientBuilder UseClusterTls(this IClientBuilder client, ClusterTls tls)
    {
        ArgumentNullException.ThrowIfNull(tls);
        var (own, authorities) = tls.Read();
        return client.UseTls(own, options => Apply(options, own, authorities));
    }

    private static void Apply(TlsOptions options, X509Certificate2 own, X509Certificate2Collection authorities)
    {
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, chain, _) => ClusterTls.IsMember(certificate, chain, authorities);

        // Silos come and go with their addresses, so it is the authority that says who belongs here, and not a name.
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = own.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }
}
