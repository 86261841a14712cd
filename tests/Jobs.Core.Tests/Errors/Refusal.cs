using Jobs.Conformance;

namespace Jobs.Core.Tests.Errors;

/// <summary>Provokes an error and checks that its message says what to do.</summary>
internal static class Refusal
{
    internal static async Task<T> Of<T>(Func<Task> act, string remedy)
        where T : Exception
    {
        var error = await Assert.ThrowsAsync<T>(() => act().Soon());
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        return error;
    }

    internal static T Of<T>(Action act, string remedy)
        where T : Exception
    {
        var error = Assert.Throws<T>(act);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        return error;
    }
}
