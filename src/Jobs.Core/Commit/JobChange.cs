namespace Jobs.Core;

/// <summary>One job's part of a commit, with the fence it is written behind (rules I3 and I4).</summary>
/// <param name="Transition">The change: an insert has no before, a removal no after.</param>
/// <param name="Epoch">The epoch under which the writer owns the job's partition.</param>
/// <param name="Strategy">The order of the job's queue, for stores that keep waiting jobs sorted.</param>
/// <param name="IsFresh">
/// For an insert: the id was made for it just now, so no job can have it and none need be looked for. Not so for an id of the caller's
/// own, nor for a call that is repeated because its answer was lost.
/// </param>
/// <param name="IsFromInbox">
/// For an insert: the job is in the inbox (<see cref="IInboxStore"/>), and leaves it by the same commit. If it is not there any more, the
/// change is a <see cref="CommitVerdict.Conflict"/>; if it is left out, it stays there.
/// </param>
public readonly record struct JobChange(
    JobTransition Transition, long Epoch, PollStrategy Strategy = PollStrategy.PriorityFirst, bool IsFresh = false, bool IsFromInbox = false);
