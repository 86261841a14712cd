using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What somebody wants of a partition who takes jobs to run them by himself.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.TakeRequest")]
public sealed record TakeRequest
{
    /// <summary>Tells this take from others when it is repeated; made by the caller's side.</summary>
    [Id(0)]
    public Guid Id { get; init; }

    /// <summary>The names of the tasks whose jobs are wanted; null means all.</summary>
    [Id(1)]
    public string[]? Tasks { get; init; }

    /// <summary>How many jobs at most.</summary>
    [Id(2)]
    public required int MaxJobs { get; init; }

    /// <summary>How long each job is leased.</summary>
    [Id(3)]
    public required TimeSpan Length { get; init; }

    /// <summary>Who takes them.</summary>
    [Id(4)]
    public required string Consumer { get; init; }

    /// <summary>True if it is not known what became of an earlier request with this id: what that one took is handed over again.</summary>
    [Id(5)]
    public bool IsRepeated { get; init; }
}
