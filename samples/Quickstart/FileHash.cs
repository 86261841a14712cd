namespace Quickstart;

/// <summary>The result of <see cref="SearchTasks.HashFile"/>.</summary>
internal sealed record FileHash(string Sha256, long Bytes);
