using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Jobs;

/// <summary>
/// Encrypts what another codec writes, with AES-256-GCM, before it is stored. Ciphertext carries its key's id, so keys can be rotated, and
/// it is bound to its job, task and part: in another place it is refused.
/// </summary>
/// <remarks>
/// Encrypted are payloads and results. Task names, queue names, keys, tags, headers, errors, logs and progress are not, because stores search
/// by them or people read them: keep secrets out of those. Each value grows by 42 bytes and the length of the key's id. An older payload of the
/// same job, put back by somebody who can write to the store, is not noticed.
/// </remarks>
public sealed class EncryptingPayloadCodec : IPayloadCodec, IPayloadProtector
{
    /// <summary>Version, length of the key's id; then the id, the nonce, the ciphertext and the tag.</summary>
    private const int FixedHeaderBytes = 2;

    private const byte Version = 1;

    private static readonly byte[] FingerprintUse = "jobs: fingerprints of payloads"u8.ToArray();

    private readonly IPayloadKeyProvider _keys;
    private readonly IPayloadCodec _inner;

    /// <summary>Makes a codec.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="inner">The codec that writes what is encrypted; default <see cref="JsonPayloadCodec.Default"/>.</param>
    public EncryptingPayloadCodec(IPayloadKeyProvider keys, IPayloadCodec? inner = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = keys;
        _inner = inner ?? JsonPayloadCodec.Default;
    }

    /// <summary>Whether jobs that are stored unencrypted are run and read; default false. Set it while encryption is being switched on.</summary>
    public bool AcceptUnencrypted { get; init; }

    /// <summary>The media type of what is encrypted; a stored job says in addition that it is.</summary>
    public string ContentType => _inner.ContentType;

    bool IPayloadProtector.AcceptsUnprotected => AcceptUnencrypted;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode<T>(T value) => _inner.Encode(value);

    /// <inheritdoc/>
    public T? Decode<T>(ReadOnlyMemory<byte> bytes) => _inner.Decode<T>(bytes);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Protect(ReadOnlyMemory<byte> bytes, PayloadPlace place)
    {
        var key = _keys.Current;
        var headerBytes = FixedHeaderBytes + key.Id.Length;
        var stored = new byte[headerBytes + ExtendedNonceAesGcm.NonceBytes + bytes.Length + ExtendedNonceAesGcm.TagBytes];
        stored[0] = Version;
        stored[1] = (byte)key.Id.Length;
        Encoding.ASCII.GetBytes(key.Id, stored.AsSpan(FixedHeaderBytes));
        var body = stored.AsSpan(headerBytes);
        var nonce = body[..ExtendedNonceAesGcm.NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        var cipher = body.Slice(ExtendedNonceAesGcm.NonceBytes, bytes.Length);
        ExtendedNonceAesGcm.Encrypt(
            key.Bytes, nonce, bytes.Span, cipher, body[^ExtendedNonceAesGcm.TagBytes..], Binding(stored.AsSpan(0, headerBytes), place));
        return stored;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Unprotect(ReadOnlyMemory<byte> stored, PayloadPlace place)
    {
        var bytes = stored.Span;
        if (bytes.Length < FixedHeaderBytes || bytes[0] != Version) throw new PayloadEncryptionException(place, EncryptionProblem.Tampered);
        var headerBytes = FixedHeaderBytes + bytes[1];
        var plainBytes = bytes.Length - headerBytes - ExtendedNonceAesGcm.NonceBytes - ExtendedNonceAesGcm.TagBytes;
        if (plainBytes < 0) throw new PayloadEncryptionException(place, EncryptionProblem.Tampered);
        var id = Encoding.ASCII.GetString(bytes[FixedHeaderBytes..headerBytes]);
        var key = _keys.Find(id) ?? throw new PayloadEncryptionException(place, EncryptionProblem.UnknownKey, id);
        var body = bytes[headerBytes..];
        var plain = new byte[plainBytes];
        try
        {
            ExtendedNonceAesGcm.Decrypt(
                key.Bytes,
                body[..ExtendedNonceAesGcm.NonceBytes],
                body.Slice(ExtendedNonceAesGcm.NonceBytes, plainBytes),
                body[^ExtendedNonceAesGcm.TagBytes..],
                plain,
                Binding(bytes[..headerBytes], place));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new PayloadEncryptionException(place, EncryptionProblem.Tampered, id);
        }

        return plain;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Fingerprint(ReadOnlyMemory<byte> bytes)
    {
        // A key of its own for this use, so that nothing that is stored is a function of the encryption key in two ways.
        Span<byte> key = stackalloc byte[PayloadKey.KeyBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, _keys.FingerprintKey.Bytes, key, FingerprintUse);
        return HMACSHA256.HashData(key, bytes.Span);
    }

    /// <summary>What the ciphertext is bound to: its own header and its place. Only the task's name has no fixed length, and it comes last.</summary>
    private static byte[] Binding(ReadOnlySpan<byte> header, PayloadPlace place)
    {
        const int PlaceBytes = sizeof(ulong) + sizeof(ulong) + 1;
        var task = Encoding.UTF8.GetByteCount(place.Task);
        var bound = new byte[header.Length + PlaceBytes + task];
        header.CopyTo(bound);
        var rest = bound.AsSpan(header.Length);
        BinaryPrimitives.WriteUInt64BigEndian(rest, place.Job.High);
        BinaryPrimitives.WriteUInt64BigEndian(rest[sizeof(ulong)..], place.Job.Low);
        rest[PlaceBytes - 1] = (byte)place.Part;
        Encoding.UTF8.GetBytes(place.Task, rest[PlaceBytes..]);
        return bound;
    }
}
