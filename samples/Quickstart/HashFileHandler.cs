using System.Security.Cryptography;
using Jobs;

namespace Quickstart;

/// <summary>Hashes one file. Whatever it throws fails the attempt; the task's options say how often and when it is tried again.</summary>
internal sealed class HashFileHandler(IDisplay display, Findings findings) : ITaskHandler<FileRef, FileHash>
{
    public async Task<FileHash> HandleAsync(FileRef payload, JobContext job)
    {
        if (job.LastError is { } error)
            display.Line($"Attempt {job.Attempt} of {job.MaxAttempts} for {payload.Path}: {error.Message}");

        await using var file = File.OpenRead(payload.Path);
        var hash = await SHA256.HashDataAsync(file, job.Cancellation);
        findings.NoteHashed(job.Id);
        return new FileHash(Convert.ToHexStringLower(hash), file.Position);
    }
}
