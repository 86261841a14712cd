namespace Jobs.Core;

/// <summary>Why a running handler was told to stop.</summary>
internal enum CancelReason
{
    None,

    /// <summary>The job was cancelled or deleted, or its partition has another owner; nothing that the handler returns counts.</summary>
    JobEnded,

    /// <summary>The attempt ran longer than its timeout.</summary>
    Timeout,

    /// <summary>The process stops; the job is given back.</summary>
    Drain,
}
