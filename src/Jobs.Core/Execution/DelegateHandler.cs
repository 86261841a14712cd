using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Core;

/// <summary>Binds a function with services among its parameters to a task; checked when it is registered, compiled once.</summary>
internal static class DelegateHandler
{
    private static readonly MethodInfo GetService = typeof(ServiceProviderServiceExtensions).GetMethod(
        nameof(ServiceProviderServiceExtensions.GetRequiredService), 1, [typeof(IServiceProvider)])!;

    private static readonly MethodInfo DecodeMethod = typeof(PayloadEncoder).GetMethod(
        nameof(PayloadEncoder.Decode), BindingFlags.NonPublic | BindingFlags.Static)!;

    internal static JobDelegate Bind(TaskDefinition task, Delegate handler, IPayloadCodec codec)
    {
        var job = Expression.Parameter(typeof(JobContext), "job");
        var arguments = handler.Method.GetParameters().Select(p => Argument(task, p.ParameterType, job, codec));
        var call = Expression.Invoke(Expression.Constant(handler), Arguments(handler, arguments));
        var returned = handler.Method.ReturnType;
        var body = returned == typeof(void)
            ? Expression.Block(call, Expression.Constant(new ValueTask<JobOutcome>(JobOutcome.Done())))
            : (Expression)Expression.Call(Conversion(task, handler, returned), Expression.Constant(task), call);
        return Expression.Lambda<JobDelegate>(body, job).Compile();
    }

    private static IEnumerable<Expression> Arguments(Delegate handler, IEnumerable<Expression> arguments) =>
        handler.GetType().GetMethod("Invoke")!.GetParameters().Zip(arguments, (parameter, argument) =>
            argument.Type == parameter.ParameterType ? argument : Expression.Convert(argument, parameter.ParameterType));

    private static Expression Argument(TaskDefinition task, Type wanted, ParameterExpression job, IPayloadCodec codec)
    {
        if (wanted == task.PayloadType)
        {
            var bytes = Expression.Property(job, nameof(JobContext.Payload));
            return Expression.Call(DecodeMethod.MakeGenericMethod(wanted), Expression.Constant(task), bytes, Expression.Constant(codec));
        }

        if (wanted == typeof(JobContext)) return job;
        if (wanted == typeof(CancellationToken)) return Expression.Property(job, nameof(JobContext.Cancellation));
        var services = Expression.Property(job, nameof(JobContext.Services));
        return wanted == typeof(IServiceProvider) ? services : Expression.Call(GetService.MakeGenericMethod(wanted), services);
    }

    private static MethodInfo Conversion(TaskDefinition task, Delegate handler, Type returned)
    {
        if (typeof(JobOutcome).IsAssignableFrom(returned)) return Own(nameof(FromOutcome));
        if (OutcomeOf(returned) is { } special) return Own(nameof(FromSpecialOutcomeTask)).MakeGenericMethod(special);
        if (returned == typeof(Task<JobOutcome>)) return Own(nameof(FromOutcomeTask));
        if (returned == typeof(ValueTask<JobOutcome>)) return Own(nameof(FromOutcomeValueTask));
        if (task.ResultType is { } result)
        {
            if (returned == typeof(Task<>).MakeGenericType(result)) return Own(nameof(FromResultTask)).MakeGenericMethod(result);
            if (returned == typeof(ValueTask<>).MakeGenericType(result)) return Own(nameof(FromResultValueTask)).MakeGenericMethod(result);
            if (returned == result) return Own(nameof(FromResult)).MakeGenericMethod(result);
            throw new HandlerMismatchException(task.Name, handler.GetType(), $"it must return a {result.Name}, a JobOutcome, or a task of one of these");
        }

        if (returned == typeof(ValueTask)) return Own(nameof(FromValueTask));

        // async (…) => await client.EnqueueAsync(…) is a task of a handle, and its author means no result by it.
        if (typeof(Task).IsAssignableFrom(returned)) return Own(nameof(FromTask));
        throw new HandlerMismatchException(task.Name, handler.GetType(), $"it returns a {returned.Name}, but the task has no result; use ResultTask.Create");
    }

    /// <summary>The kind of outcome that a task promises, when a lambda returns one kind only: a task of it is no task of an outcome.</summary>
    private static Type? OutcomeOf(Type returned) =>
        returned.IsGenericType && returned.GetGenericTypeDefinition() == typeof(Task<>)
        && returned.GetGenericArguments()[0] is var kind && kind != typeof(JobOutcome) && typeof(JobOutcome).IsAssignableFrom(kind)
            ? kind
            : null;

    private static MethodInfo Own(string name) => typeof(DelegateHandler).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static ValueTask<JobOutcome> FromTask(TaskDefinition task, Task running) => HandlerCalls.Finish(task, running);

    private static ValueTask<JobOutcome> FromValueTask(TaskDefinition task, ValueTask running) =>
        running.IsCompletedSuccessfully ? new(JobOutcome.Done()) : HandlerCalls.Finish(task, running.AsTask());

    private static ValueTask<JobOutcome> FromOutcome(TaskDefinition task, JobOutcome outcome) => new(HandlerCalls.Outcome(task, outcome));

    private static ValueTask<JobOutcome> FromOutcomeTask(TaskDefinition task, Task<JobOutcome> running) => HandlerCalls.FinishOutcome(task, running);

    private static ValueTask<JobOutcome> FromSpecialOutcomeTask<TOutcome>(TaskDefinition task, Task<TOutcome>? running)
        where TOutcome : JobOutcome
    {
        return running is null ? HandlerCalls.FinishOutcome(task, null) : Awaited(task, running);

        static async ValueTask<JobOutcome> Awaited(TaskDefinition task, Task<TOutcome> running) =>
            HandlerCalls.Outcome(task, await running.ConfigureAwait(false));
    }

    private static ValueTask<JobOutcome> FromOutcomeValueTask(TaskDefinition task, ValueTask<JobOutcome> running) =>
        HandlerCalls.FinishOutcome(task, running.AsTask());

    private static ValueTask<JobOutcome> FromResult<TResult>(TaskDefinition task, TResult result) => new(HandlerCalls.Result(task, result));

    private static ValueTask<JobOutcome> FromResultTask<TResult>(TaskDefinition task, Task<TResult> running) => HandlerCalls.FinishResult(task, running);

    private static ValueTask<JobOutcome> FromResultValueTask<TResult>(TaskDefinition task, ValueTask<TResult> running) =>
        HandlerCalls.FinishResult(task, running.AsTask());
}
