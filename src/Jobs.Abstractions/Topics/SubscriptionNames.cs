namespace Jobs;

/// <summary>How subscriptions are named in stores and as tasks. It never changes.</summary>
internal static class SubscriptionNames
{
    internal const int MaxNameChars = 60;

    internal static string TaskOf(string topic, string name) => $"{topic}:{name}";
}
