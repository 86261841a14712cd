namespace Jobs.Conformance;

/// <summary>What an engine under test can do; suites ask, they never guess.</summary>
/// <param name="IsDurable">Committed jobs survive the end of the process.</param>
/// <param name="KeepsJobsOverRestart">A second engine of the same fixture finds the jobs that the first one left.</param>
/// <param name="ChecksTasksOfNothing">Its client says at once whether a task is known, also when there is nothing to enqueue.</param>
/// <param name="IsOneProcess">All jobs run in one process, so limits that hold for each process hold for all of them.</param>
/// <param name="AreNodes">Engines of the same fixture that run at the same time are nodes of one service; if not, each is a service of its own.</param>
/// <param name="AsksAnotherOwner">A caller whose engine ends is led to another one, which finds out what became of its call; default false.</param>
/// <param name="HasManyOwners">Whether each of several engines on one store can own a part of it; default false.</param>
/// <param name="GivesEndsWithoutRecord">Whoever runs a job gets its end although no record is kept; if not, it is enqueued first and awaited then.</param>
public sealed record EngineCapabilities(
    bool IsDurable, bool KeepsJobsOverRestart, bool ChecksTasksOfNothing = true, bool IsOneProcess = true, bool AreNodes = true,
    bool GivesEndsWithoutRecord = true, bool HasManyOwners = false, bool AsksAnotherOwner = false);
