using System.Security.Cryptography;

namespace Jobs;

/// <summary>A secret key of 256 bits and the name it is stored under; only the name is ever shown.</summary>
public sealed class PayloadKey
{
    /// <summary>The length of a key: 32 bytes.</summary>
    public const int KeyBytes = 32;

    /// <summary>The longest id: 64 characters.</summary>
    public const int MaxIdChars = 64;

    private readonly byte[] _bytes;

    /// <summary>Makes a key; the bytes are copied.</summary>
    /// <param name="id">1 to 64 ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>; stored beside everything that is encrypted with it.</param>
    /// <param name="bytes">32 bytes from a cryptographic source.</param>
    /// <exception cref="InvalidNameException">The id cannot be used.</exception>
    /// <exception cref="InvalidJobOptionException">There are not 32 bytes.</exception>
    public PayloadKey(string id, ReadOnlySpan<byte> bytes)
    {
        Id = NameRules.Require(id, "encryption key", MaxIdChars);
        if (bytes.Length != KeyBytes)
            throw new InvalidJobOptionException(nameof(PayloadKey), $"{bytes.Length} bytes long", $"use {KeyBytes} bytes, as PayloadKey.Generate makes them");
        _bytes = bytes.ToArray();
    }

    /// <summary>The name it is stored under.</summary>
    public string Id { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Makes a new key from the system's cryptographic source; <see cref="ToBase64"/> gives it in a form that can be kept.</summary>
    public static PayloadKey Generate(string id) => new(id, RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Reads a key from Base64 text.</summary>
    /// <exception cref="InvalidJobOptionException">The text is no Base64, or not of 32 bytes.</exception>
    public static PayloadKey FromBase64(string id, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[KeyBytes + 1];
        if (!Convert.TryFromBase64String(text, bytes, out var count) || count != KeyBytes)
            throw new InvalidJobOptionException(nameof(PayloadKey), "this text", $"use the Base64 form of {KeyBytes} bytes, which has 44 characters");
        return new PayloadKey(id, bytes.AsSpan(0, count));
    }

    /// <summary>The secret as Base64 text, for wherever secrets are kept.</summary>
    public string ToBase64() => Convert.ToBase64String(_bytes);

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
