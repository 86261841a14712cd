namespace Jobs.Conformance;

/// <summary>The one safety net of all tests: what is awaited comes by a signal, and this only ends a test that would hang.</summary>
public static class Waits
{
    internal static readonly TimeSpan Safety = TimeSpan.FromSeconds(120);

    public static Task Soon(this Task task) => task.WaitAsync(Safety);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Safety);

    public static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(Safety);

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Safety);
}
