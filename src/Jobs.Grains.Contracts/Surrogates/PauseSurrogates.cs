using Orleans;

namespace Jobs.Grains.Contracts;

[GenerateSerializer]
[Alias("jobs.PauseTarget")]
internal struct PauseTargetSurrogate
{
    [Id(0)]
    public PauseKind Kind;

    [Id(1)]
    public string Name;
}

[RegisterConverter]
internal sealed class PauseTargetConverter : IConverter<PauseTarget, PauseTargetSurrogate>
{
    public PauseTarget ConvertFromSurrogate(in PauseTargetSurrogate surrogate) =>
        surrogate.Kind is PauseKind.Queue ? PauseTarget.Queue(surrogate.Name) : PauseTarget.Task(surrogate.Name);

    public PauseTargetSurrogate ConvertToSurrogate(in PauseTarget value) => new() { Kind = value.Kind, Name = value.Name };
}

[GenerateSerializer]
[Alias("jobs.Pause")]
internal struct PauseSurrogate
{
    [Id(0)]
    public PauseTarget Target;

    [Id(1)]
    public DateTimeOffset Since;

    [Id(2)]
    public string? By;

    [Id(3)]
    public string? Reason;
}

[RegisterConverter]
internal sealed class PauseConverter : IConverter<Pause, PauseSurrogate>
{
    public Pause ConvertFromSurrogate(in PauseSurrogate surrogate) =>
        new() { Target = surrogate.Target, Since = surrogate.Since, By = surrogate.By, Reason = surrogate.Reason };

    public PauseSurrogate ConvertToSurrogate(in Pause value) =>
        new() { Target = value.Target, Since = value.Since, By = value.By, Reason = value.Reason };
}

[RegisterConverter]
internal sealed class SettingsNotKeptConverter : IConverter<SettingsNotKeptException, ErrorSurrogate>
{
    public SettingsNotKeptException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text);

    public ErrorSurrogate ConvertToSurrogate(in SettingsNotKeptException value) => new() { Text = value.Where };
}

[RegisterConverter]
internal sealed class StoreUnavailableConverter : IConverter<StoreUnavailableException, ErrorSurrogate>
{
    // The cause is of the silo's database, which the client need not know; what it says is kept.
    public StoreUnavailableException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text, new IOException(s.More));

    public ErrorSurrogate ConvertToSurrogate(in StoreUnavailableException value) => new() { Text = value.Store, More = value.InnerException?.Message };
}
