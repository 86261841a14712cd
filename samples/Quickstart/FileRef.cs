namespace Quickstart;

/// <summary>The payload of <see cref="SearchTasks.HashFile"/>.</summary>
internal sealed record FileRef(string Path);
