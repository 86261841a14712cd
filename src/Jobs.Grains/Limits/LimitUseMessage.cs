using Jobs.Core;
using Orleans;

namespace Jobs.Grains.Limits;

/// <inheritdoc cref="LimitUse"/>
[GenerateSerializer]
[Alias("jobs.LimitUse")]
internal readonly record struct LimitUseMessage(
    [property: Id(0)] string Key, [property: Id(1)] int Held, [property: Id(2)] int Wanted, [property: Id(3)] int Tokens, [property: Id(4)] int Returned)
{
    internal static LimitUseMessage From(LimitUse use) => new(use.Key, use.Held, use.Wanted, use.Tokens, use.Returned);

    internal LimitUse ToUse() => new(Key, Held, Wanted, Tokens, Returned);
}
