using Microsoft.Extensions.Logging;

namespace Jobs.Conformance;

/// <summary>A log that keeps what was written, with its values and with the scopes it was written in.</summary>
public sealed class RecordingLog : ILoggerFactory, ILogger
{
    private readonly AsyncLocal<Scope?> _scope = new();

    public Recording<LogEntry> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable BeginScope<TState>(TState state)
        where TState : notnull => _scope.Value = new Scope(this, ValuesOf(state), _scope.Value);

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var scoped = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var scope = _scope.Value; scope is not null; scope = scope.Outer)
        {
            foreach (var (name, value) in scope.Values) scoped.TryAdd(name, value);
        }

        Entries.Add(new LogEntry(logLevel, eventId.Id, formatter(state, exception), ValuesOf(state), scoped));
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private static Dictionary<string, object?> ValuesOf(object? state) =>
        (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(pair => pair.Key, pair => pair.Value);

    private sealed class Scope(RecordingLog log, IReadOnlyDictionary<string, object?> values, Scope? outer) : IDisposable
    {
        internal IReadOnlyDictionary<string, object?> Values => values;

        internal Scope? Outer => outer;

        public void Dispose() => log._scope.Value = outer;
    }
}
