namespace Jobs;

/// <summary>How often an occurrence fires in a cluster.</summary>
public enum ScheduleScope
{
    /// <summary>Once, however many nodes there are. The default.</summary>
    Cluster,

    /// <summary>
    /// Once for each node that is running then. Nothing is kept of a node: it fires the occurrences after its start, and runs are counted
    /// from there. The embedded engine is one node for each process.
    /// </summary>
    EveryNode,
}
