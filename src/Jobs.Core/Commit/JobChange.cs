namespace Jobs.Core;

/// <summary>One job's part of a commit, with the fence it is written behind (rules I3 and I4).</summary>
/// <param name="Transition">The change: an insert has no before, a removal no after.</param>
/// <param name="Epoch">The epoch under which the writer owns the job's partition.</param>
/// <param name="Strategy">The order of the job's queue, for stores that keep waiting jobs sorted.</param>
public readonly record struct JobChange(JobTransition Transition, long Epoch, PollStrategy Strategy = PollStrategy.PriorityFirst);
