using Jobs.Core;
using Orleans;

namespace Jobs.Grains.Limits;

/// <inheritdoc cref="LimitGrant"/>
[GenerateSerializer]
[Alias("jobs.LimitGrant")]
internal readonly record struct LimitGrantMessage(
    [property: Id(0)] string Key, [property: Id(1)] int Allowance, [property: Id(2)] int Tokens, [property: Id(3)] bool IsContended,
    [property: Id(4)] DateTimeOffset? AskAgainAt)
{
    internal static LimitGrantMessage From(LimitGrant grant) => new(grant.Key, grant.Allowance, grant.Tokens, grant.IsContended, grant.AskAgainAt);

    internal LimitGrant ToGrant() => new(Key, Allowance, Tokens, IsContended, AskAgainAt);
}
