namespace Jobs;

/// <summary>Declares tasks whose handler returns a value.</summary>
public static class ResultTask
{
    /// <summary>Declares a task whose handler returns a <typeparamref name="TResult"/>.</summary>
    /// <typeparam name="TPayload">What a job of this task carries.</typeparam>
    /// <typeparam name="TResult">What its handler returns; stored with the job by the same codec.</typeparam>
    /// <param name="name">1 to 200 ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>; keep it for ever.</param>
    /// <param name="configure">Options of all its jobs.</param>
    /// <exception cref="InvalidNameException">The name is null, empty, too long, or holds another character.</exception>
    public static ResultTask<TPayload, TResult> Create<TPayload, TResult>(string name, Action<TaskOptions>? configure = null) =>
        new(name, TaskDefinition.Configured(configure));
}
