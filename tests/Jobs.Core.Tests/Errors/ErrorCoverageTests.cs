using System.Reflection;

namespace Jobs.Core.Tests.Errors;

/// <summary>No typed error without a test that provokes it.</summary>
public sealed class ErrorCoverageTests
{
    [Fact]
    public void Every_typed_error_is_provoked_by_a_test()
    {
        var errors = typeof(JobsException).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Exception)) && !t.IsAbstract);
        var provoked = typeof(ErrorCoverageTests).Assembly.GetTypes().SelectMany(t => t.GetMethods())
            .Where(m => m.GetCustomAttribute<FactAttribute>() is not null)
            .SelectMany(m => m.GetCustomAttributes<ProvokesAttribute>()).Select(a => a.Error).ToHashSet();
        Assert.Empty(errors.Where(e => !provoked.Contains(e)).Select(e => e.Name));
    }

    [Fact]
    public void Every_typed_error_but_the_cron_ones_has_the_common_base() => Assert.All(
        typeof(JobsException).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Exception)) && t != typeof(CronFormatException)),
        error => Assert.True(error == typeof(JobsException) || error.IsSubclassOf(typeof(JobsException))));
}
