using System.Text.Json.Serialization.Metadata;

namespace Jobs;

/// <summary>What is said once for all jobs of a task.</summary>
public sealed class TaskOptions : JobOptions
{
    /// <summary>Turns payloads and results into bytes and back; default the service's codec, which is System.Text.Json.</summary>
    public IPayloadCodec? Codec { get; set; }

    /// <summary>Which errors are worth another attempt; default all. False makes the job dead at once.</summary>
    public Func<Exception, bool>? RetryWhen { get; set; }

    /// <summary>
    /// True if the handler blocks its thread (long computations, synchronous I/O): it then runs on a thread of its own instead of the
    /// thread pool. Default false.
    /// </summary>
    public bool Blocking { get; set; }

    /// <summary>At most so many jobs of this task run at a time in one process; default no limit of its own.</summary>
    public int? MaxConcurrency { get; set; }

    /// <summary>
    /// Names that the task had before, so that jobs stored under them are run by its handler, and other processes may still enqueue under
    /// them; default none. A job keeps the name that it was enqueued under.
    /// </summary>
    public ISet<string> Aliases { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// Derives the unique key from the payload's bytes, so that equal payloads are enqueued once; default false. The key is a hash, which
    /// lets whoever reads the store try guesses; of encrypted payloads it is one that nobody can try without the encryption key.
    /// </summary>
    public bool UniqueByPayload { get; set; }

    /// <summary>
    /// Writes this task's payloads and results with source-generated JSON contexts, without reflection; see <see cref="JsonPayloadCodec.With"/>.
    /// </summary>
    /// <param name="resolvers">The contexts, as in <c>MyContext.Default</c>.</param>
    public void UseJson(params IReadOnlyList<IJsonTypeInfoResolver> resolvers) => Codec = JsonPayloadCodec.With(resolvers);

    internal TaskOptions Copy()
    {
        var copy = new TaskOptions
        {
            Codec = Codec,
            RetryWhen = RetryWhen,
            Blocking = Blocking,
            MaxConcurrency = MaxConcurrency,
            UniqueByPayload = UniqueByPayload,
        };
        copy.Aliases.UnionWith(Aliases);
        CopyTo(copy);
        return copy;
    }
}
