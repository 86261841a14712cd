using System.Security.Cryptography;

namespace Jobs;

/// <summary>
/// AES-256-GCM with nonces of 192 bits (the construction C2SP calls XAES-256-GCM): the first half of the nonce derives a key of its own for
/// the message, the second half is that key's nonce. Random nonces of plain AES-GCM are safe for some four billion messages with a key,
/// which a busy queue writes in a day; these are safe for more than any queue will ever write.
/// </summary>
internal static class ExtendedNonceAesGcm
{
    internal const int NonceBytes = 24;
    internal const int TagBytes = 16;
    private const int BlockBytes = 16;
    private const int HalfBytes = 12;

    internal static void Encrypt(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> cipher, Span<byte> tag, ReadOnlySpan<byte> bound)
    {
        Span<byte> derived = stackalloc byte[PayloadKey.KeyBytes];
        Derive(key, nonce[..HalfBytes], derived);
        using var aes = new AesGcm(derived, TagBytes);
        aes.Encrypt(nonce[HalfBytes..], plain, cipher, tag, bound);
        CryptographicOperations.ZeroMemory(derived);
    }

    /// <exception cref="AuthenticationTagMismatchException">The bytes are not what was encrypted with this key, nonce and binding.</exception>
    internal static void Decrypt(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> tag, Span<byte> plain, ReadOnlySpan<byte> bound)
    {
        Span<byte> derived = stackalloc byte[PayloadKey.KeyBytes];
        Derive(key, nonce[..HalfBytes], derived);
        using var aes = new AesGcm(derived, TagBytes);
        aes.Decrypt(nonce[HalfBytes..], cipher, tag, plain, bound);
        CryptographicOperations.ZeroMemory(derived);
    }

    /// <summary>CMAC as a key derivation in counter mode (NIST SP 800-108r1), for an input that fills one block exactly.</summary>
    private static void Derive(ReadOnlySpan<byte> key, ReadOnlySpan<byte> half, Span<byte> derived)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        Span<byte> mask = stackalloc byte[BlockBytes];
        mask.Clear();
        aes.EncryptEcb(mask, mask, PaddingMode.None);
        Double(mask);
        Span<byte> blocks = stackalloc byte[2 * BlockBytes];
        for (byte i = 0; i < 2; i++)
        {
            var block = blocks.Slice(i * BlockBytes, BlockBytes);
            block[0] = 0;
            block[1] = (byte)(i + 1);
            block[2] = (byte)'X';
            block[3] = 0;
            half.CopyTo(block[4..]);
            for (var at = 0; at < BlockBytes; at++) block[at] ^= mask[at];
        }

        aes.EncryptEcb(blocks, derived, PaddingMode.None);
    }

    /// <summary>Doubles in the field of 2^128, whatever the value, in the same time.</summary>
    private static void Double(Span<byte> block)
    {
        var carry = 0;
        for (var at = BlockBytes - 1; at >= 0; at--)
        {
            var shifted = (block[at] << 1) | carry;
            carry = shifted >> 8;
            block[at] = (byte)shifted;
        }

        block[BlockBytes - 1] ^= (byte)(0x87 & -carry);
    }
}
