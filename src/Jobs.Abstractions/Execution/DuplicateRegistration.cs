namespace Jobs;

/// <summary>What a second handler for the same task means.</summary>
public enum DuplicateRegistration
{
    /// <summary>A mistake: <see cref="DuplicateTaskException"/>. The default.</summary>
    Throw,

    /// <summary>The later one wins.</summary>
    Replace,
}
