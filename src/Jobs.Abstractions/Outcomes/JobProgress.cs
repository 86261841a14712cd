namespace Jobs;

/// <summary>How far a job has come, as its handler reported.</summary>
/// <param name="Percent">0 to 100.</param>
/// <param name="Text">What is being done; may be null.</param>
public sealed record JobProgress(double Percent, string? Text = null);
