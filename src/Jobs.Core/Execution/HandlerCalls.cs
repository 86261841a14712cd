namespace Jobs.Core;

/// <summary>Calls handlers and turns what they return into outcomes, without a hop for those that are done at once.</summary>
internal static class HandlerCalls
{
    internal static ValueTask<JobOutcome> Call<TPayload>(
        TaskDefinition<TPayload> task, Func<TPayload, JobContext, Task> handler, JobContext job, IPayloadCodec codec) =>
        Finish(task, handler(PayloadEncoder.Decode<TPayload>(task, job.Payload, codec), job));

    internal static ValueTask<JobOutcome> Call<TPayload, TResult>(
        ResultTask<TPayload, TResult> task, Func<TPayload, JobContext, Task<TResult>> handler, JobContext job, IPayloadCodec codec) =>
        FinishResult(task, handler(PayloadEncoder.Decode<TPayload>(task, job.Payload, codec), job));

    internal static ValueTask<JobOutcome> Call<TPayload>(
        TaskDefinition<TPayload> task, Func<TPayload, JobContext, Task<JobOutcome>> handler, JobContext job, IPayloadCodec codec) =>
        FinishOutcome(task, handler(PayloadEncoder.Decode<TPayload>(task, job.Payload, codec), job));

    internal static ValueTask<JobOutcome> Finish(TaskDefinition task, Task? running)
    {
        if (running is null) throw new InvalidHandlerResultException(task.Name, "returned null instead of a Task");
        return running.IsCompletedSuccessfully ? new(JobOutcome.Done()) : Awaited(running);

        static async ValueTask<JobOutcome> Awaited(Task running)
        {
            await running.ConfigureAwait(false);
            return JobOutcome.Done();
        }
    }

    internal static ValueTask<JobOutcome> FinishResult<TResult>(TaskDefinition task, Task<TResult>? running)
    {
        if (running is null) throw new InvalidHandlerResultException(task.Name, "returned null instead of a Task");
        return running.IsCompletedSuccessfully ? new(Result(task, running.Result)) : Awaited(task, running);

        static async ValueTask<JobOutcome> Awaited(TaskDefinition task, Task<TResult> running) =>
            Result(task, await running.ConfigureAwait(false));
    }

    internal static ValueTask<JobOutcome> FinishOutcome(TaskDefinition task, Task<JobOutcome>? running)
    {
        if (running is null) throw new InvalidHandlerResultException(task.Name, "returned null instead of a Task");
        return running.IsCompletedSuccessfully ? new(Outcome(task, running.Result)) : Awaited(task, running);

        static async ValueTask<JobOutcome> Awaited(TaskDefinition task, Task<JobOutcome> running) =>
            Outcome(task, await running.ConfigureAwait(false));
    }

    internal static JobOutcome Result<TResult>(TaskDefinition task, TResult? result) => result is null
        ? throw new InvalidHandlerResultException(task.Name, $"returned null, but the task promises a {typeof(TResult).Name}")
        : JobOutcome.Done(result);

    internal static JobOutcome Outcome(TaskDefinition task, JobOutcome? outcome) =>
        outcome ?? throw new InvalidHandlerResultException(task.Name, "returned null instead of a JobOutcome");
}
