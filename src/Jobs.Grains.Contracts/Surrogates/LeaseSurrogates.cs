using Orleans;

namespace Jobs.Grains.Contracts;

[GenerateSerializer]
[Alias("jobs.LeasedJob")]
internal struct LeasedJobSurrogate
{
    [Id(0)]
    public JobSnapshot Job;

    [Id(1)]
    public DateTimeOffset Until;
}

[RegisterConverter]
internal sealed class LeasedJobConverter : IConverter<LeasedJob, LeasedJobSurrogate>
{
    public LeasedJob ConvertFromSurrogate(in LeasedJobSurrogate surrogate) => new(surrogate.Job, surrogate.Until);

    public LeasedJobSurrogate ConvertToSurrogate(in LeasedJob value) => new() { Job = value.Job, Until = value.Until };
}

[RegisterConverter]
internal sealed class LeaseLostConverter : IConverter<LeaseLostException, ErrorSurrogate>
{
    public LeaseLostException ConvertFromSurrogate(in ErrorSurrogate s) => new(new LeaseToken(s.Id, (int)s.Actual));

    public ErrorSurrogate ConvertToSurrogate(in LeaseLostException value) => new() { Id = value.Lease.Job, Actual = value.Lease.Delivery };
}

[RegisterConverter]
internal sealed class InvalidHandlerResultConverter : IConverter<InvalidHandlerResultException, ErrorSurrogate>
{
    public InvalidHandlerResultException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text, s.More ?? "");

    public ErrorSurrogate ConvertToSurrogate(in InvalidHandlerResultException value) => new() { Text = value.Task, More = value.Reason };
}
