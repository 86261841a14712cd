namespace Jobs;

/// <summary>Says the name of the task that <see cref="TaskDefinition.For{TPayload}"/> declares for a payload type, in place of the type's own.</summary>
/// <param name="name">1 to 200 ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>; checked when the task is declared.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class TaskNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The name that a payload type gives its task.</summary>
    internal static string Of(Type payload)
    {
        if (GetCustomAttribute(payload, typeof(TaskNameAttribute)) is TaskNameAttribute said) return said.Name;

        // Nested types have a plus sign, which no name may have; other types than these have no name that a reader would know again.
        if (payload is { IsGenericType: false, IsArray: false, FullName: { } name }) return name.Replace('+', '.');
        throw new InvalidNameException("task", payload.ToString(), "this type has no plain name; use Create and say one");
    }
}
