namespace Jobs.Core;

/// <summary>Some of the jobs in a partition's inbox.</summary>
/// <param name="Jobs">Those that can be read, in the order in which they were put in.</param>
/// <param name="Unreadable">Those that cannot, because others than this library wrote them; they stay, and keep nobody waiting.</param>
/// <param name="Next">Behind which place the next page begins; null if this was the last one.</param>
public sealed record InboxPage(IReadOnlyList<JobRecord> Jobs, IReadOnlyList<UnreadableInboxJob> Unreadable, long? Next);
