using Jobs.Grains.Contracts;

namespace Jobs.Grains;

/// <content>Jobs that callers take and answer by themselves.</content>
internal sealed partial class QueuePartitionGrain
{
    private readonly TakenLeases _taken = new();

    public Task<LeasedJob[]> TakeAsync(TakeRequest request) => HereAsync(async hosted =>
        request.IsRepeated && _taken.Find(request) is { } before
            ? await node.TakenAsync(hosted, await before)
            : await _taken.NoteAsync(request, node.TakeAsync(hosted, request)));

    public Task<bool> LookOutAsync(TakeRequest request, TimeSpan atMost, CancellationToken cancellation) =>
        HereAsync(hosted => node.LookOutAsync(hosted, request, atMost, cancellation));

    public Task<DateTimeOffset?> AnswerLeaseAsync(LeaseAnswer answer) => HereAsync(hosted => node.AnswerLeaseAsync(hosted, answer));
}
