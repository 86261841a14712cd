using Jobs.Core;

namespace Jobs.Testing;

/// <summary>What goes wrong with a call to a store: a closed set.</summary>
public abstract record StoreFault
{
    private StoreFault()
    {
    }

    /// <summary>The call does not reach the store, and fails with <see cref="StoreUnavailableException"/>: nothing was changed.</summary>
    public static StoreFault FailBefore { get; } = new Before();

    /// <summary>
    /// The call reaches the store and does its work, and fails all the same: a commit with <see cref="CommitFateUnknownException"/>, another
    /// call with <see cref="StoreUnavailableException"/>.
    /// </summary>
    public static StoreFault FailAfter { get; } = new After();

    /// <summary>
    /// The call fails as with <see cref="FailAfter"/>, and by turns it reached the store or it did not, the first one not: whoever gets the
    /// exception cannot tell.
    /// </summary>
    public static StoreFault LoseAnswer { get; } = new Lost();

    /// <summary>The call waits until the test lets it go on, and reaches the store then.</summary>
    /// <param name="gate">Where the test finds it.</param>
    public static StoreFault Hold(StoreGate gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        return new Held(gate, AnswerOnly: false);
    }

    /// <summary>The call reaches the store at once, and its answer waits until the test lets it go on.</summary>
    /// <param name="gate">Where the test finds it.</param>
    public static StoreFault HoldAnswer(StoreGate gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        return new Held(gate, AnswerOnly: true);
    }

    internal sealed record Before : StoreFault;

    internal sealed record After : StoreFault;

    internal sealed record Lost : StoreFault;

    internal sealed record Held(StoreGate Gate, bool AnswerOnly) : StoreFault;
}
