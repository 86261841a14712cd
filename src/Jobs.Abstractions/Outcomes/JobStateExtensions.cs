namespace Jobs;

/// <summary>Questions about a state.</summary>
public static class JobStateExtensions
{
    /// <summary>True if nothing more happens to a job in this state by itself.</summary>
    public static bool IsFinal(this JobState state) => state >= JobState.Completed;
}
