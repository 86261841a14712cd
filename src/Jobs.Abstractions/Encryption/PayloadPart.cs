namespace Jobs;

/// <summary>Which of a job's bytes.</summary>
public enum PayloadPart
{
    /// <summary>What the job carries.</summary>
    Payload = 1,

    /// <summary>What its handler returned.</summary>
    Result = 2,
}
