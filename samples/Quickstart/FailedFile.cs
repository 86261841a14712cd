using Jobs;

namespace Quickstart;

/// <summary>A file whose job is dead, with the error of its last attempt.</summary>
internal sealed record FailedFile(string Path, JobError? Error);
