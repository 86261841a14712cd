namespace Jobs.Core;

/// <summary>The kinds of settings there are. Stores keep these texts, so they never change.</summary>
internal static class SettingKinds
{
    internal const string PausedQueue = "paused-queue";
    internal const string PausedTask = "paused-task";
    internal const string Subscription = "subscription";
    internal const string Limit = "limit";
}
