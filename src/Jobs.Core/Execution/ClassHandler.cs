using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Core;

/// <summary>Binds a handler class to a task by the interface it implements; checked when it is registered, not when it runs.</summary>
internal static class ClassHandler
{
    private static readonly MethodInfo BindPlainMethod = Method(nameof(BindPlain));
    private static readonly MethodInfo BindResultMethod = Method(nameof(BindResult));
    private static readonly MethodInfo BindOutcomeMethod = Method(nameof(BindOutcome));

    internal static JobDelegate Bind(TaskDefinition task, Type handler, IPayloadCodec codec)
    {
        if (handler.IsAbstract) throw new HandlerMismatchException(task.Name, handler, "it is abstract; register the class that implements it");
        var payload = task.PayloadType;
        if (typeof(IOutcomeHandler<>).MakeGenericType(payload).IsAssignableFrom(handler))
            return Make(BindOutcomeMethod.MakeGenericMethod(payload), task, handler, codec);
        if (task.ResultType is { } result)
        {
            return typeof(ITaskHandler<,>).MakeGenericType(payload, result).IsAssignableFrom(handler)
                ? Make(BindResultMethod.MakeGenericMethod(payload, result), task, handler, codec)
                : throw Mismatch(task, handler, $"ITaskHandler<{payload.Name}, {result.Name}>");
        }

        return typeof(ITaskHandler<>).MakeGenericType(payload).IsAssignableFrom(handler)
            ? Make(BindPlainMethod.MakeGenericMethod(payload), task, handler, codec)
            : throw Mismatch(task, handler, $"ITaskHandler<{payload.Name}>");
    }

    private static HandlerMismatchException Mismatch(TaskDefinition task, Type handler, string wanted) =>
        new(task.Name, handler, $"it must implement {wanted} or IOutcomeHandler<{task.PayloadType.Name}>");

    private static MethodInfo Method(string name) => typeof(ClassHandler).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static JobDelegate Make(MethodInfo bind, TaskDefinition task, Type handler, IPayloadCodec codec) =>
        (JobDelegate)bind.Invoke(null, [task, ActivatorUtilities.CreateFactory(handler, []), codec])!;

    private static JobDelegate BindPlain<TPayload>(TaskDefinition<TPayload> task, ObjectFactory create, IPayloadCodec codec) => async job =>
    {
        var payload = PayloadEncoder.Decode<TPayload>(task, job.Payload, codec);
        var handler = create(job.Services, null);
        await using var _ = new Disposal(handler).ConfigureAwait(false);
        return await HandlerCalls.Finish(task, ((ITaskHandler<TPayload>)handler).HandleAsync(payload, job)).ConfigureAwait(false);
    };

    private static JobDelegate BindResult<TPayload, TResult>(TaskDefinition<TPayload> task, ObjectFactory create, IPayloadCodec codec) => async job =>
    {
        var payload = PayloadEncoder.Decode<TPayload>(task, job.Payload, codec);
        var handler = create(job.Services, null);
        await using var _ = new Disposal(handler).ConfigureAwait(false);
        return await HandlerCalls.FinishResult(task, ((ITaskHandler<TPayload, TResult>)handler).HandleAsync(payload, job)).ConfigureAwait(false);
    };

    private static JobDelegate BindOutcome<TPayload>(TaskDefinition<TPayload> task, ObjectFactory create, IPayloadCodec codec) => async job =>
    {
        var payload = PayloadEncoder.Decode<TPayload>(task, job.Payload, codec);
        var handler = create(job.Services, null);
        await using var _ = new Disposal(handler).ConfigureAwait(false);
        return await HandlerCalls.FinishOutcome(task, ((IOutcomeHandler<TPayload>)handler).HandleAsync(payload, job)).ConfigureAwait(false);
    };

    /// <summary>The handler is made here and not by the container, so it is disposed here too.</summary>
    private readonly struct Disposal(object handler) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            if (handler is IAsyncDisposable asynchronous) return asynchronous.DisposeAsync();
            (handler as IDisposable)?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
