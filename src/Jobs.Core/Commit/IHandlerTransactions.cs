namespace Jobs.Core;

/// <summary>A store in whose database handlers write, too, so that what they write can commit together with how their attempt ends.</summary>
public interface IHandlerTransactions
{
    /// <summary>Begins a transaction for one attempt. Waits while too many are open.</summary>
    ValueTask<IHandlerTransaction> BeginAsync(CancellationToken cancellation);
}
