namespace Jobs.Core;

/// <summary>What a process has and wants of one bucket; the whole truth, and not what changed, so that a lost message does no harm.</summary>
/// <param name="Key">The limit key; empty for all jobs together.</param>
/// <param name="Held">Jobs that run, or are about to. Until it is answered the process starts no more than that.</param>
/// <param name="Wanted">How many more could start.</param>
/// <param name="Tokens">Tokens that are kept for them already.</param>
/// <param name="Returned">Tokens that are not needed after all.</param>
internal readonly record struct LimitUse(string Key, int Held, int Wanted, int Tokens, int Returned);
