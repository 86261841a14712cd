using System.Security.Cryptography;
using System.Text;
using Jobs;

namespace Quickstart;

/// <summary>The payload of <see cref="SearchTasks.HashFile"/>: a file as it was when it was listed.</summary>
internal sealed record FileRef(string Path, long Bytes, DateTimeOffset ModifiedAt)
{
    /// <summary>
    /// The same id for the same file as long as it does not change, in every run of the program: so it is enqueued, and hashed, once.
    /// </summary>
    internal JobId ToJobId()
    {
        var name = SHA256.HashData(Encoding.UTF8.GetBytes($"{ModifiedAt.UtcTicks} {Bytes} {Path}"));
        return JobId.FromName(SearchTasks.Hashing, Convert.ToHexStringLower(name));
    }
}
