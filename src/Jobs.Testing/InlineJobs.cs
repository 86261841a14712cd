using Jobs.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Testing;

/// <summary>
/// A test queue that runs each job while it is enqueued: the handler runs in the caller's flow, and the enqueue returns when the job has
/// ended. For tests that want the effects of jobs without saying when they run.
/// </summary>
/// <remarks>
/// <para>
/// An error of a handler does not come out of the enqueue, as it does not in production; it is the job's: look at the handle, or await
/// its completion. Retries run at once: the clock moves on to when each is due. So does it for a job that was enqueued with a delay. A
/// job that reschedules itself stays scheduled after that attempt, because it may do so for ever; a drain goes on with it. A job without
/// a handler, and one whose unfinished twin has its unique key, is enqueued only.
/// </para>
/// <para>
/// What a handler enqueues runs within that handler, before its enqueue returns. Two things wait until the outermost job has ended: jobs
/// with a delay that nobody awaits (the clock should not run away under a running handler), and jobs more than
/// <see cref="MaxDepth"/> handlers deep, or behind a running one of their group.
/// </para>
/// </remarks>
public sealed class InlineJobs : TestJobs
{
    /// <summary>How many handlers deep a job runs at once within the one that enqueued it: 32.</summary>
    public const int MaxDepth = 32;

    /// <summary>Makes a queue, ready for use.</summary>
    /// <param name="fail">What a failed assertion calls: <c>message => Assert.Fail(message)</c>, or what the test framework has for it.</param>
    /// <param name="configure">Handlers, queues, middleware and policies.</param>
    /// <param name="services">The services that handlers get.</param>
    /// <param name="clock">The clock; default a new one.</param>
    /// <param name="maxRuns">
    /// How many attempts one enqueue from outside brings about at most; default 10,000. Beyond it the enqueue throws
    /// <see cref="DrainLimitException"/>.
    /// </param>
    /// <exception cref="ArgumentNullException">No failure callback was given.</exception>
    public InlineJobs(
        Action<string> fail, Action<JobsBuilder>? configure = null, Action<IServiceCollection>? services = null, ManualTimeProvider? clock = null,
        int maxRuns = DefaultMaxRuns)
        : base(fail, configure, services, clock, jobs => new InlineEnqueue(jobs, maxRuns)) =>
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRuns, 1);
}
