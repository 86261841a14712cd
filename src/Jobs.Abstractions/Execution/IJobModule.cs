namespace Jobs;

/// <summary>A part of an application that brings its own handlers; asked after everything is configured and before workers start.</summary>
public interface IJobModule
{
    /// <summary>Registers the part's handlers.</summary>
    void Register(ITaskRegistry registry);
}
