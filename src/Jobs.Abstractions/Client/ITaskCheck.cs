namespace Jobs;

/// <summary>What a client implements that can say at once whether a task would be accepted.</summary>
public interface ITaskCheck
{
    /// <summary>Returns if jobs of the task would be accepted.</summary>
    /// <exception cref="TaskNotRegisteredException">They would be rejected.</exception>
    void RequireAccepted(TaskDefinition task);
}
