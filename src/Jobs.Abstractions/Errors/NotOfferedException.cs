namespace Jobs;

/// <summary>A client does not offer something that others do, such as leases or topics.</summary>
public sealed class NotOfferedException(string where, string what)
    : JobsException($"{where} offers no {what}. Use the client of a service that runs in this process.")
{
    /// <summary>What was asked.</summary>
    public string Where { get; } = where;

    /// <summary>What it does not offer.</summary>
    public string What { get; } = what;
}
