using System.Globalization;
using Jobs.Core;

namespace Jobs.Testing;

/// <content>Assertions and inspection. They are about everything that was enqueued, whether it has run or not, and change nothing.</content>
public partial class TestJobs
{
    /// <summary>Every job, in the order of enqueueing; finished ones too, deleted ones not.</summary>
    public IReadOnlyList<TestJob> All => [.. _store.All.Select(Show)];

    /// <summary>The job that was enqueued first; null if there is none.</summary>
    public TestJob? First => Nth(1);

    /// <summary>The job at a position in the order of enqueueing.</summary>
    /// <param name="position">From 1.</param>
    /// <returns>The job; null if the position is out of range.</returns>
    public TestJob? Nth(int position) => _store.At(position) is { } job ? Show(job) : null;

    /// <summary>The first job of a task; null if there is none.</summary>
    public TestJob<TPayload>? FirstOf<TPayload>(TaskDefinition<TPayload> task) => NthOf(task, 1);

    /// <summary>The job at a position among those of a task, in the order of enqueueing.</summary>
    /// <param name="task">The task.</param>
    /// <param name="position">From 1.</param>
    /// <returns>The job; null if the position is out of range.</returns>
    public TestJob<TPayload>? NthOf<TPayload>(TaskDefinition<TPayload> task, int position)
    {
        ArgumentNullException.ThrowIfNull(task);
        return position < 1 ? null : AllOf(task).Skip(position - 1).FirstOrDefault();
    }

    /// <summary>Asserts that no job was enqueued.</summary>
    /// <param name="message">What to say first if it fails.</param>
    /// <returns>Whether it holds.</returns>
    public bool Empty(string? message = null) => Assert(_store.Count == 0, message, "no job");

    /// <summary>Asserts that a job was enqueued.</summary>
    /// <inheritdoc cref="Empty"/>
    public bool NotEmpty(string? message = null) => Assert(_store.Count > 0, message, "at least one job");

    /// <summary>Asserts how many jobs were enqueued.</summary>
    /// <param name="count">How many.</param>
    /// <param name="message">What to say first if it fails.</param>
    /// <returns>Whether it holds.</returns>
    public bool Total(int count, string? message = null) =>
        Assert(_store.Count == count, message, count == 1 ? "one job" : string.Create(CultureInfo.InvariantCulture, $"{count} jobs"));

    /// <summary>Asserts that a job of the task was enqueued.</summary>
    /// <param name="task">The task.</param>
    /// <param name="message">What to say first if it fails.</param>
    /// <returns>Whether it holds.</returns>
    public bool Contains(TaskDefinition task, string? message = null) => Assert(Has(task), message, $"a job of '{task.Name}'");

    /// <summary>Asserts that a job of the task was enqueued whose payload meets a condition.</summary>
    /// <param name="task">The task.</param>
    /// <param name="where">The condition.</param>
    /// <param name="message">What to say first if it fails.</param>
    /// <returns>Whether it holds.</returns>
    public bool Contains<TPayload>(TaskDefinition<TPayload> task, Func<TPayload, bool> where, string? message = null) =>
        Assert(Has(task, where), message, $"a job of '{task.Name}' that meets the condition");

    /// <summary>Asserts that no job of the task was enqueued.</summary>
    /// <inheritdoc cref="Contains(TaskDefinition, string?)"/>
    public bool DoesNotContain(TaskDefinition task, string? message = null) => Assert(!Has(task), message, $"no job of '{task.Name}'");

    /// <summary>Asserts that no job of the task was enqueued whose payload meets a condition.</summary>
    /// <inheritdoc cref="Contains{TPayload}(TaskDefinition{TPayload}, Func{TPayload, bool}, string?)"/>
    public bool DoesNotContain<TPayload>(TaskDefinition<TPayload> task, Func<TPayload, bool> where, string? message = null) =>
        Assert(!Has(task, where), message, $"no job of '{task.Name}' that meets the condition");

    private bool Has(TaskDefinition task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return _store.All.Any(job => task.IsKnownAs(job.Terms.Task));
    }

    private bool Has<TPayload>(TaskDefinition<TPayload> task, Func<TPayload, bool> where)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(where);
        return AllOf(task).Any(job => where(job.Payload));
    }

    private IEnumerable<TestJob<TPayload>> AllOf<TPayload>(TaskDefinition<TPayload> task) => _store.All
        .Where(job => task.IsKnownAs(job.Terms.Task))
        .Select(job => new TestJob<TPayload>(task, _engine.Show(job), Codec));

    private TestJob Show(JobRecord job) => new(_engine.Show(job), Codec);

    private bool Assert(bool holds, string? message, string expected)
    {
        if (!holds) _fail(TestJobText.Failure(message, expected, All));
        return holds;
    }
}
