namespace Jobs.Grains.Node;

/// <summary>A job whose end one process waits for; changed under the lock of its <see cref="JobWatch"/>.</summary>
/// <param name="ending">Its end, when it comes.</param>
/// <param name="keepsEnd">Whether its end is kept for a while after it was told, because the store may not have it.</param>
internal sealed class FollowedJob(Task<JobSnapshot> ending, bool keepsEnd)
{
    internal Task<JobSnapshot> Ending => ending;

    internal bool KeepsEnd => keepsEnd;

    /// <summary>When the process last asked for it.</summary>
    internal long AskedAt { get; set; }

    /// <summary>Its end, if it was told and is kept.</summary>
    internal JobSnapshot? End { get; set; }

    /// <summary>Whether its end has come, and whoever tells of it has not begun yet.</summary>
    internal bool IsAboutToBeTold => End is null && ending.IsCompletedSuccessfully;
}
