namespace Jobs.Core;

/// <summary>The transaction of one attempt. Disposing it takes everything back that was not committed.</summary>
public interface IHandlerTransaction : IAsyncDisposable
{
    /// <summary>What the handler gets, such as the transaction in the terms of the store's database; null for what there is not.</summary>
    T? Feature<T>()
        where T : class;

    /// <summary>Commits what the handler wrote together with a change of its job, which stands behind the same fence as any other.</summary>
    /// <returns>
    /// <see cref="CommitVerdict.Committed"/>, or why neither was: fenced, changed meanwhile, or failed. A fate that is not known is found out first.
    /// </returns>
    ValueTask<CommitVerdict> CommitAsync(CommitUnit unit, CancellationToken cancellation);
}
