namespace Jobs.Core;

/// <summary>A job in the inbox that makes no sense.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Error">What is wrong with it.</param>
public sealed record UnreadableInboxJob(JobId Id, Exception Error);
