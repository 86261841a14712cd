namespace Jobs;

/// <summary>Declares tasks whose handler returns a value.</summary>
public static class ResultTask
{
    /// <summary>Declares a task whose handler returns a <typeparamref name="TResult"/>.</summary>
    /// <typeparam name="TPayload">What a job of this task carries.</typeparam>
    /// <typeparam name="TResult">What its handler returns; stored with the job by the same codec.</typeparam>
    /// <param name="name">
    /// 1 to 200 ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>. Keep it, or name the old one in <see cref="TaskOptions.Aliases"/>.
    /// </param>
    /// <param name="configure">Options of all its jobs.</param>
    /// <exception cref="InvalidNameException">The name or an alias is null, empty, too long, or holds another character.</exception>
    public static ResultTask<TPayload, TResult> Create<TPayload, TResult>(string name, Action<TaskOptions>? configure = null) =>
        new(name, TaskDefinition.Configured(configure));

    /// <summary>Declares the task of a payload type whose handler returns a value; named as <see cref="TaskDefinition.For{TPayload}"/> says.</summary>
    /// <typeparam name="TPayload">What a job of this task carries; no generic type and no array.</typeparam>
    /// <typeparam name="TResult">What its handler returns.</typeparam>
    /// <param name="configure">Options of all its jobs.</param>
    /// <exception cref="InvalidNameException">The type has no name that can be stored.</exception>
    public static ResultTask<TPayload, TResult> For<TPayload, TResult>(Action<TaskOptions>? configure = null) =>
        Create<TPayload, TResult>(TaskNameAttribute.Of(typeof(TPayload)), configure);
}
