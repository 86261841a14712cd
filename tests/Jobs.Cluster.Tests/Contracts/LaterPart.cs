namespace Jobs.Cluster.Tests.Contracts;

/// <summary>A type that a version to come adds.</summary>
[GenerateSerializer]
[Alias("test.LaterPart")]
public sealed record LaterPart([property: Id(0)] string Text, [property: Id(1)] TimeSpan Time);
