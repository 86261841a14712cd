namespace Jobs.Core;

/// <summary>A schedule that the code declares; made when the codec is known.</summary>
internal sealed class ScheduleDeclaration(ScheduleId id, Func<IPayloadCodec, ScheduleDefinition> describe)
{
    internal ScheduleId Id { get; } = id;

    /// <summary>The definition, and what tells it from another declaration.</summary>
    internal (ScheduleDefinition Definition, string Hash) Make(IPayloadCodec codec)
    {
        var (definition, again) = (describe(codec), describe(codec));
        return (definition, StoredSchedule.HashOf(definition, withPayload: definition.Payload.Span.SequenceEqual(again.Payload.Span)));
    }
}
