using Jobs.Core;

namespace Jobs;

/// <summary>Registers handlers: delegates, classes, and raw handlers.</summary>
public static class HandlerExtensions
{
    /// <summary>Handles a task with a function of the payload and the job.</summary>
    /// <exception cref="HandlerMismatchException">The task has a result, which this function does not return.</exception>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static TRegistry Handle<TRegistry, TPayload>(this TRegistry registry, TaskDefinition<TPayload> task, Func<TPayload, JobContext, Task> handler)
        where TRegistry : ITaskRegistry
    {
        Require(registry, task, handler);
        if (task.ResultType is { } result && !ReturnsResult(handler, result))
            throw new HandlerMismatchException(task.Name, handler.GetType(), $"it must return a Task<{result.Name}>");
        if (task.ResultType is not null) return registry.Handle(task, (Delegate)handler);
        var codec = registry.Codec;
        registry.Add(new TaskRegistration(task, job => HandlerCalls.Call(task, handler, job, codec)));
        return registry;
    }

    /// <summary>Handles a task with a function of the payload and the job that returns the result.</summary>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static TRegistry Handle<TRegistry, TPayload, TResult>(
        this TRegistry registry, ResultTask<TPayload, TResult> task, Func<TPayload, JobContext, Task<TResult>> handler)
        where TRegistry : ITaskRegistry
    {
        Require(registry, task, handler);
        var codec = registry.Codec;
        registry.Add(new TaskRegistration(task, job => HandlerCalls.Call(task, handler, job, codec)));
        return registry;
    }

    /// <summary>Handles a task with a function that says itself how each attempt ends.</summary>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static TRegistry Handle<TRegistry, TPayload>(
        this TRegistry registry, TaskDefinition<TPayload> task, Func<TPayload, JobContext, Task<JobOutcome>> handler)
        where TRegistry : ITaskRegistry
    {
        Require(registry, task, handler);
        var codec = registry.Codec;
        registry.Add(new TaskRegistration(task, job => HandlerCalls.Call(task, handler, job, codec)));
        return registry;
    }

    /// <summary>
    /// Handles a task with any function: its parameters are the payload, the <see cref="JobContext"/>, a <see cref="CancellationToken"/>
    /// and services, in any order; it returns nothing, a result, a <see cref="JobOutcome"/>, or a task of one of these. If the task has no
    /// result, the value of a task that the function returns is not looked at, unless it is an outcome.
    /// </summary>
    /// <exception cref="HandlerMismatchException">The function does not fit the task.</exception>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static TRegistry Handle<TRegistry, TPayload>(this TRegistry registry, TaskDefinition<TPayload> task, Delegate handler)
        where TRegistry : ITaskRegistry
    {
        Require(registry, task, handler);
        registry.Add(new TaskRegistration(task, DelegateHandler.Bind(task, handler, registry.Codec)));
        return registry;
    }

    /// <summary>
    /// Handles a task with a class, made for each run from a scope of its own. It implements <see cref="ITaskHandler{TPayload}"/>,
    /// <see cref="ITaskHandler{TPayload, TResult}"/> or <see cref="IOutcomeHandler{TPayload}"/> for the task's types.
    /// </summary>
    /// <typeparam name="THandler">The class; it need not be registered as a service.</typeparam>
    /// <exception cref="HandlerMismatchException">The class does not fit the task.</exception>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static ITaskRegistry Handle<THandler>(this ITaskRegistry registry, TaskDefinition task)
        where THandler : class
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(task);
        registry.Add(new TaskRegistration(task, ClassHandler.Bind(task, typeof(THandler), registry.Codec)));
        return registry;
    }

    /// <summary>Handles a task, known by name only, with a function that gets the payload's bytes as they were enqueued.</summary>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static TRegistry HandleRaw<TRegistry>(
        this TRegistry registry, string task, Func<ReadOnlyMemory<byte>, JobContext, Task> handler, Action<TaskOptions>? configure = null)
        where TRegistry : ITaskRegistry
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(handler);
        var definition = TaskDefinition.Raw(task, configure);
        registry.Add(new TaskRegistration(definition, job => HandlerCalls.Finish(definition, handler(job.Payload, job))));
        return registry;
    }

    /// <summary>Handles a task, known by name only, with a function of the payload's bytes that says itself how each attempt ends.</summary>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static TRegistry HandleRaw<TRegistry>(
        this TRegistry registry, string task, Func<ReadOnlyMemory<byte>, JobContext, Task<JobOutcome>> handler,
        Action<TaskOptions>? configure = null)
        where TRegistry : ITaskRegistry
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(handler);
        var definition = TaskDefinition.Raw(task, configure);
        registry.Add(new TaskRegistration(definition, job => HandlerCalls.FinishOutcome(definition, handler(job.Payload, job))));
        return registry;
    }

    private static void Require(ITaskRegistry registry, TaskDefinition task, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(handler);
    }

    private static bool ReturnsResult(Delegate handler, Type result) =>
        handler.Method.ReturnType == typeof(Task<>).MakeGenericType(result) || handler.Method.ReturnType == typeof(Task<JobOutcome>);
}
