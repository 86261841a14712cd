using System.Globalization;

namespace Jobs.Crash.Tests;

/// <summary>What is known of a job from outside the database.</summary>
internal sealed class TrackedJob(string id)
{
    internal string Id { get; } = id;

    internal string? Name { get; set; }

    /// <summary>A caller was told that it is there.</summary>
    internal bool IsAcknowledged { get; set; }

    /// <summary>A caller was told that his call has made it, and not one before.</summary>
    internal bool IsAcknowledgedAsNew { get; set; }

    internal bool HasStarted { get; set; }

    internal int Failures { get; set; }

    /// <summary>What its handler returned, in each run that came to its end.</summary>
    internal HashSet<string> Returned { get; } = [];

    /// <summary>The result that is known to be committed.</summary>
    internal string? Committed { get; set; }

    internal bool HasEnded => Returned.Count > 0;

    /// <summary>Its place among the jobs of its group.</summary>
    internal long Ordinal => long.Parse(Name!.Split('-')[0], CultureInfo.InvariantCulture);

    public override string ToString() => $"{Id} ({Name})";
}
