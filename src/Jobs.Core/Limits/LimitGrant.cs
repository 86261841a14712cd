namespace Jobs.Core;

/// <summary>What a process may use of one bucket from now on.</summary>
/// <param name="Key">The limit key; empty for all jobs together.</param>
/// <param name="Allowance">How many jobs may run.</param>
/// <param name="Tokens">Further tokens.</param>
/// <param name="IsContended">Whether others wait.</param>
/// <param name="AskAgainAt">When there will be a token; null if that is not what is missing.</param>
internal readonly record struct LimitGrant(string Key, int Allowance, int Tokens, bool IsContended, DateTimeOffset? AskAgainAt);
