using System.Collections.ObjectModel;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Testing;

/// <summary>What a <see cref="TestJobContext"/> holds, with its defaults.</summary>
internal sealed class JobContextValues
{
    internal JobId Id { get; set; } = JobId.FromName(QueueName.Default, "test");

    internal string Task { get; set; } = "test";

    internal QueueName Queue { get; set; } = QueueName.Default;

    internal int Attempt { get; set; } = 1;

    internal int MaxAttempts { get; set; } = JobOptions.DefaultMaxAttempts;

    internal DateTimeOffset? Deadline { get; set; }

    internal CancellationToken Cancellation { get; set; }

    internal string Worker { get; set; } = "test";

    internal DateTimeOffset EnqueuedAt { get; set; } = ManualTimeProvider.DefaultStart;

    internal ReadOnlyMemory<byte> Payload { get; set; }

    internal IReadOnlyDictionary<string, string> Headers { get; set; } = ReadOnlyDictionary<string, string>.Empty;

    internal IReadOnlyList<string> Tags { get; set; } = [];

    internal string RequestId { get; set; } = "test";

    internal string? TraceParent { get; set; }

    internal string? TraceState { get; set; }

    internal string? User { get; set; }

    internal string? EnqueuedCodeVersion { get; set; }

    internal string? CodeVersion { get; set; }

    internal JobError? LastError { get; set; }

    internal IServiceProvider Services { get; set; } = new ServiceCollection().BuildServiceProvider();
}
