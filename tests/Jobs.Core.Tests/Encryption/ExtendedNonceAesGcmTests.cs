namespace Jobs.Core.Tests.Encryption;

public sealed class ExtendedNonceAesGcmTests
{
    /// <summary>The two vectors that the construction's specification gives; they take either branch of the doubling.</summary>
    [Theory]
    [InlineData(1, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271")]
    [InlineData(3, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d")]
    public void It_is_the_published_construction(byte key, string bound, string expected)
    {
        var (cipher, tag) = (new byte[12], new byte[ExtendedNonceAesGcm.TagBytes]);
        var keys = Enumerable.Repeat(key, PayloadKey.KeyBytes).ToArray();
        var additional = System.Text.Encoding.ASCII.GetBytes(bound);
        ExtendedNonceAesGcm.Encrypt(keys, "ABCDEFGHIJKLMNOPQRSTUVWX"u8, "XAES-256-GCM"u8, cipher, tag, additional);
        Assert.Equal(expected, Convert.ToHexStringLower([.. cipher, .. tag]));
        var plain = new byte[12];
        ExtendedNonceAesGcm.Decrypt(keys, "ABCDEFGHIJKLMNOPQRSTUVWX"u8, cipher, tag, plain, additional);
        Assert.Equal("XAES-256-GCM"u8.ToArray(), plain);
    }
}
