using Jobs.Conformance;

namespace Jobs.Examples.Dispatch;

/// <summary>
/// A worker that is no handler: code of one's own takes jobs from a queue, does them its own way and says how each ended. A job that it
/// takes is nobody else's until it is answered or the lease ends; then it is handed out again, and a late answer changes nothing.
/// </summary>
public sealed class MailClerk(IJobClient jobs, string name)
{
    /// <summary>What was sent.</summary>
    public Recording<string> Sent { get; } = new();

    /// <summary>Takes one mail, waiting up to so long for it, and sends it; false if none came.</summary>
    public async Task<bool> SendOneAsync(TimeSpan wait, bool canSend = true)
    {
        var request = new LeaseRequest { Queue = "mail", Wait = wait, Length = TimeSpan.FromMinutes(15), Consumer = name };
        if (await jobs.TakeAsync(MailRoom.SendMail, request) is not [var lease, ..]) return false;
        if (canSend)
        {
            Sent.Add($"{lease.Payload.To}: {lease.Payload.Subject}");
            await lease.AckAsync();
        }
        else
        {
            await lease.NackAsync(delay: TimeSpan.FromMinutes(1), error: "The printer is out of paper.");
        }

        return true;
    }
}
