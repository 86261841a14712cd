using System.Reflection;

namespace Jobs.Core;

/// <summary>The version of the program that runs.</summary>
internal static class EntryVersion
{
    /// <summary>The informational version of the entry assembly, as much of it as the limits let in.</summary>
    internal static string Within(JobLimits limits)
    {
        var version = Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return version.Length <= limits.MaxKeyChars ? version : version[..limits.MaxKeyChars];
    }
}
