namespace Jobs.Core.Tests.States;

/// <summary>One event of the table: what it leads to from each state, and which fields it changes besides the state.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Event">The event.</param>
/// <param name="Cells">By state in the order of the enum: the next state, <c>gone</c> for a removed job, <c>-</c> for refused.</param>
/// <param name="Change">The job after, but for its state.</param>
public sealed record Transition(string Name, JobEvent Event, string Cells, Func<JobRecord, JobRecord> Change)
{
    /// <summary>The cells, one for each state.</summary>
    public IReadOnlyList<string> ByState { get; } = Cells.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
