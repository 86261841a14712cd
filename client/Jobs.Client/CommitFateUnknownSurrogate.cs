using Jobs.Core;
using Orleans;

namespace Jobs.Client;

/// <summary>The one error that a silo sends and that the contracts do not know, because the stores throw it.</summary>
[GenerateSerializer]
[Alias("jobs.CommitFateUnknown")]
internal struct CommitFateUnknownSurrogate
{
    [Id(0)]
    public string Store;

    [Id(1)]
    public string Cause;
}

[RegisterConverter]
internal sealed class CommitFateUnknownConverter : IConverter<CommitFateUnknownException, CommitFateUnknownSurrogate>
{
    public CommitFateUnknownException ConvertFromSurrogate(in CommitFateUnknownSurrogate s) => new(s.Store, new IOException(s.Cause));

    // The cause may be of a type that the other side does not have.
    public CommitFateUnknownSurrogate ConvertToSurrogate(in CommitFateUnknownException value) => new()
    {
        Store = value.Store,
        Cause = value.InnerException?.Message ?? "",
    };
}
