namespace Jobs.Testing;

/// <summary>Which calls to a store go wrong, and how. The same calls in the same order go wrong in the same way.</summary>
public sealed class FaultPlan
{
    private readonly Func<StoreCall, StoreFault?> _choose;

    private FaultPlan(Func<StoreCall, StoreFault?> choose) => _choose = choose;

    /// <summary>No call goes wrong.</summary>
    public static FaultPlan None { get; } = new(static _ => null);

    /// <summary>Every n-th call of a kind goes wrong, the n-th one first.</summary>
    /// <param name="n">From 1, which means every call.</param>
    /// <param name="fault">How.</param>
    /// <param name="kind">Which calls are counted; default commits.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is below 1.</exception>
    public static FaultPlan EveryNth(int n, StoreFault fault, StoreCallKind kind = StoreCallKind.Commit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentNullException.ThrowIfNull(fault);
        return new FaultPlan(call => call.Kind == kind && call.Number % n == 0 ? fault : null);
    }

    /// <summary>The calls that a condition holds for go wrong.</summary>
    /// <param name="condition">Asked once for each call, by one thread at a time.</param>
    /// <param name="fault">How.</param>
    public static FaultPlan When(Func<StoreCall, bool> condition, StoreFault fault)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(fault);
        return new FaultPlan(call => condition(call) ? fault : null);
    }

    /// <summary>Calls of a kind go wrong by chance.</summary>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="probability">How likely a call goes wrong, from 0 to 1.</param>
    /// <param name="faults">How; one of them, drawn too.</param>
    /// <param name="kind">Which calls; default commits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not from 0 to 1, or there is no fault to draw.</exception>
    public static FaultPlan AtRandom(int seed, double probability, IReadOnlyList<StoreFault> faults, StoreCallKind kind = StoreCallKind.Commit)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (probability is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), probability, "Use a number from 0 to 1.");
        if (faults.Count == 0) throw new ArgumentOutOfRangeException(nameof(faults), "Name one fault at least.");
        var random = new Random(seed);
        return new FaultPlan(call => call.Kind == kind && random.NextDouble() < probability ? faults[random.Next(faults.Count)] : null);
    }

    /// <summary>This plan, and another one for the calls that this one leaves alone.</summary>
    public FaultPlan Or(FaultPlan other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new FaultPlan(call => _choose(call) ?? other._choose(call));
    }

    /// <summary>This plan, but only for calls that a condition holds for.</summary>
    /// <param name="condition">Asked once for each call, by one thread at a time.</param>
    public FaultPlan If(Func<StoreCall, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new FaultPlan(call => condition(call) ? _choose(call) : null);
    }

    internal StoreFault? Choose(StoreCall call) => _choose(call);
}
