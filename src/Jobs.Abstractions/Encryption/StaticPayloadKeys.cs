using System.Collections.Frozen;

namespace Jobs;

/// <summary>Keys that do not change while the process runs, from its configuration.</summary>
public sealed class StaticPayloadKeys : IPayloadKeyProvider
{
    private readonly FrozenDictionary<string, PayloadKey> _keys;

    /// <summary>Makes a set of keys.</summary>
    /// <param name="current">The key of new data.</param>
    /// <param name="previous">Keys that stored jobs may still be encrypted with.</param>
    /// <exception cref="InvalidJobOptionException">Two keys have the same id.</exception>
    public StaticPayloadKeys(PayloadKey current, params IReadOnlyList<PayloadKey> previous)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(previous);
        var keys = new Dictionary<string, PayloadKey>(StringComparer.Ordinal);
        foreach (var key in previous.Prepend(current))
        {
            if (!keys.TryAdd(key.Id, key))
                throw new InvalidJobOptionException(nameof(PayloadKey.Id), key.Id, "give every key an id of its own, and never use one again");
        }

        Current = current;
        FingerprintKey = current;
        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public PayloadKey Current { get; }

    /// <inheritdoc/>
    public PayloadKey FingerprintKey { get; init; }

    /// <inheritdoc/>
    public PayloadKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);
}
