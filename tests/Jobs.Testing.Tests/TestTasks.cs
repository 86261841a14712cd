namespace Jobs.Testing.Tests;

internal sealed record Mail(string To);

/// <summary>Tasks that the tests share, and what every one of them begins with.</summary>
internal static class TestTasks
{
    internal static readonly TaskDefinition<Mail> SendMail = TaskDefinition.Create<Mail>("send-mail");
    internal static readonly TaskDefinition<int> Count = TaskDefinition.Create<int>("count");
    internal static readonly ResultTask<int, int> Double = ResultTask.Create<int, int>("double");

    internal static readonly TaskDefinition<int> Flaky = TaskDefinition.Create<int>("flaky", o =>
    {
        o.MaxAttempts = 4;
        o.Backoff = RetryPolicy.Exponential(TimeSpan.FromMinutes(1));
    });
}
