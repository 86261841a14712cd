using System.Text;
using Jobs.Core.Tests.Errors;

namespace Jobs.Core.Tests.Encryption;

public sealed class EncryptingPayloadCodecTests
{
    private static readonly PayloadKey Key = PayloadKey.Generate("key-1");
    private static readonly JobId Job = JobId.FromName("default", "one");
    private static readonly PayloadPlace Place = new(Job, "task", PayloadPart.Payload);
    private static readonly byte[] Plain = Encoding.UTF8.GetBytes("some words");

    private readonly EncryptingPayloadCodec _codec = new(new StaticPayloadKeys(Key));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void What_was_protected_comes_back(int bytes)
    {
        var plain = new byte[bytes];
        new Random(1).NextBytes(plain);
        var stored = _codec.Protect(plain, Place);
        Assert.Equal(bytes + 42 + Key.Id.Length, stored.Length);
        Assert.Equal(plain, _codec.Unprotect(stored, Place).ToArray());
    }

    [Fact, Provokes(typeof(PayloadEncryptionException))]
    public void Every_changed_bit_and_every_cut_is_noticed()
    {
        var stored = _codec.Protect(Plain, Place).ToArray();
        for (var bit = 0; bit < stored.Length * 8; bit++)
        {
            var changed = stored.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<PayloadEncryptionException>(() => _codec.Unprotect(changed, Place));
        }

        for (var length = 0; length < stored.Length; length++)
            Assert.Throws<PayloadEncryptionException>(() => _codec.Unprotect(stored.AsMemory(0, length), Place));
        Assert.Throws<PayloadEncryptionException>(() => _codec.Unprotect((byte[])[.. stored, 0], Place));
    }

    [Fact]
    public void Bytes_in_another_place_are_refused()
    {
        var stored = _codec.Protect(Plain, Place);
        PayloadPlace[] others =
        [
            Place with { Job = JobId.FromName("default", "two") },
            Place with { Task = "task2" },
            Place with { Part = PayloadPart.Result },
        ];
        Assert.All(others, other =>
        {
            var error = Refusal.Of<PayloadEncryptionException>(() => _codec.Unprotect(stored, other), "restore it from a backup");
            Assert.Equal((EncryptionProblem.Tampered, other, "key-1"), (error.Problem, error.Place, error.KeyId));
        });
    }

    [Fact]
    public void A_key_of_the_same_id_with_other_bytes_does_not_read()
    {
        var stored = _codec.Protect(Plain, Place);
        var other = new EncryptingPayloadCodec(new StaticPayloadKeys(PayloadKey.Generate(Key.Id)));
        Assert.Equal(EncryptionProblem.Tampered, Assert.Throws<PayloadEncryptionException>(() => other.Unprotect(stored, Place)).Problem);
    }

    [Fact]
    public void A_fingerprint_depends_on_the_bytes_and_on_the_key()
    {
        var other = new EncryptingPayloadCodec(new StaticPayloadKeys(PayloadKey.Generate("key-2")));
        var rotated = new EncryptingPayloadCodec(new StaticPayloadKeys(PayloadKey.Generate("key-3"), Key) { FingerprintKey = Key });
        var print = _codec.Fingerprint(Plain).ToArray();
        Assert.Equal(print, _codec.Fingerprint(Plain).ToArray());
        Assert.Equal(print, rotated.Fingerprint(Plain).ToArray());
        Assert.NotEqual(print, other.Fingerprint(Plain).ToArray());
        Assert.NotEqual(print, _codec.Fingerprint(Plain.AsMemory(1)).ToArray());
    }

    [Fact]
    public void A_key_shows_its_id_only_and_is_kept_as_text()
    {
        Assert.Equal("key-1", Key.ToString());
        var again = PayloadKey.FromBase64("key-1", Key.ToBase64());
        var stored = _codec.Protect(Plain, Place);
        Assert.Equal(Plain, new EncryptingPayloadCodec(new StaticPayloadKeys(again)).Unprotect(stored, Place).ToArray());
    }

    [Fact]
    public void Keys_that_make_no_sense_are_refused()
    {
        Refusal.Of<InvalidJobOptionException>(() => _ = new PayloadKey("k", new byte[16]), "use 32 bytes");
        Refusal.Of<InvalidJobOptionException>(() => PayloadKey.FromBase64("k", "not base64"), "44 characters");
        Refusal.Of<InvalidJobOptionException>(() => PayloadKey.FromBase64("k", Convert.ToBase64String(new byte[33])), "44 characters");
        Refusal.Of<InvalidNameException>(() => PayloadKey.Generate(""), "at least one character");
        Refusal.Of<InvalidJobOptionException>(() => _ = new StaticPayloadKeys(Key, PayloadKey.Generate("key-1")), "an id of its own");
    }
}
