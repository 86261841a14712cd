using System.Collections.Concurrent;
using Jobs.Core;
using Jobs.Grains.Hosting;
using Jobs.Grains.Node;
using Orleans;
using Orleans.Runtime;

namespace Jobs.Grains.Limits;

/// <summary>
/// Asks the limits' grains for what this silo's partitions want, and gives back what they do not need. Of each limit one call is under way at
/// most, with everything that has come up meanwhile; it says what is held and not what has changed, so a call that is lost is repeated.
/// </summary>
internal sealed class LimitExchange(IGrainFactory grains, ILocalSiloDetails silo) : ILimitSource, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private ITimer? _sweep;
    private SiloNode? _node;
    private bool _left;

    public void Note(LimitBucket bucket)
    {
        // Under the limiter's lock, as everything that touches a line.
        if (_node is null || _left) return;
        var line = _lines.GetOrAdd(bucket.Name, static _ => new Line());
        line.Noted.Add(bucket);
        Wake(bucket.Name, line);
    }

    /// <summary>Shares the limits of a silo that serves nothing yet.</summary>
    internal void Attach(SiloNode node)
    {
        _node = node;
        node.Limiter.Source = this;
    }

    /// <summary>Looks every second what is to be asked for or given back.</summary>
    internal void Start()
    {
        _sweep = TimeProvider.System.CreateTimer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
        Sweep();
    }

    /// <summary>A limit has something for this silo, or others wait for what it has.</summary>
    internal void Notice(string name)
    {
        if (_node is not { } node) return;
        lock (node.Limiter.Gate)
        {
            foreach (var bucket in node.Limiter.AllBuckets.Where(bucket => bucket.Name == name)) Note(bucket);
        }
    }

    /// <summary>What this silo holds of a limit, for a grain that knows nothing yet; answers to calls before are not gone by any more.</summary>
    internal LimitUseMessage[] Tell(string name)
    {
        if (_node is not { } node) return [];
        lock (node.Limiter.Gate)
        {
            _lines.GetOrAdd(name, static _ => new Line()).Generation++;
            return [.. node.Limiter.AllBuckets.Where(bucket => bucket.Name == name).Select(bucket => LimitUseMessage.From(bucket.Report()))];
        }
    }

    /// <summary>Gives everything back, for a silo on which nothing runs any more.</summary>
    internal async Task LeaveAsync()
    {
        if (_node is not { } node) return;
        _sweep?.Dispose();
        var known = new List<(string Name, Line Line)>();
        lock (node.Limiter.Gate)
        {
            foreach (var bucket in node.Limiter.AllBuckets) Note(bucket);
            _left = true;
            known.AddRange(_lines.Select(line => (line.Key, line.Value)));
        }

        try
        {
            await Task.WhenAll(known.Select(line => line.Line.Running)).WaitAsync(SweepPeriod, TimeProvider.System).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The others find out when the silo is gone.
        }
    }

    public void Dispose() => _sweep?.Dispose();

    private void Sweep()
    {
        var node = _node!;
        lock (node.Limiter.Gate)
        {
            foreach (var bucket in node.Limiter.AllBuckets.Where(bucket => bucket.IsToBeReported)) Note(bucket);

            // A limit that nobody has asked for begins to count time when it is first asked.
            foreach (var limit in node.Limiter.View.All.Where(l => l.Limit.Rate is not null && !_lines.ContainsKey(l.Limit.Name)))
                Wake(limit.Limit.Name, _lines.GetOrAdd(limit.Limit.Name, static _ => new Line()));
        }
    }

    private void Wake(string name, Line line)
    {
        if (line.IsRunning) return;
        line.IsRunning = true;
        line.Running = Task.Run(() => RunAsync(name, line));
    }

    private async Task RunAsync(string name, Line line)
    {
        var limiter = _node!.Limiter;
        bool goesOn;
        do
        {
            LimitUse[] uses;
            LimitBucket[] buckets;
            long number, generation;
            lock (limiter.Gate)
            {
                // What was forgotten meanwhile held nothing, and may be there anew.
                buckets = [.. line.Noted.Where(bucket => ReferenceEquals(limiter.Find(name, bucket.Key), bucket))];
                line.Noted.Clear();
                uses = Array.ConvertAll(buckets, bucket => bucket.Report());
                (number, generation) = (++line.Number, line.Generation);
            }

            var grants = await AskAsync(name, number, uses).ConfigureAwait(false);
            lock (limiter.Gate)
            {
                if (grants is not null && generation == line.Generation) Take(buckets, uses, grants);
                else if (_node.FindLimit(name) is not null) line.Noted.UnionWith(buckets.Where(bucket => !bucket.IsIdle));
                line.IsRunning = goesOn = line.Noted.Count > 0 && !(grants is null && _left);
            }

            if (grants is null && goesOn) await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
        }
        while (goesOn);
    }

    private async Task<LimitGrantMessage[]?> AskAsync(string name, long number, LimitUse[] uses)
    {
        try
        {
            var report = new LimitReport { Silo = silo.SiloAddress, Number = number, Uses = Array.ConvertAll(uses, LimitUseMessage.From) };
            return await grains.GetGrain<ILimit>(name).ExchangeAsync(report).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            GrainsLog.LimitNotAsked(_node!.Settings.Log, e, name);
            return null;
        }
    }

    private static void Take(LimitBucket[] buckets, LimitUse[] uses, LimitGrantMessage[] grants)
    {
        for (var i = 0; i < buckets.Length; i++) buckets[i].Grant(uses[i], grants[i].ToGrant());
    }

    /// <summary>What is to be said of one limit; used under the limiter's lock.</summary>
    private sealed class Line
    {
        internal HashSet<LimitBucket> Noted { get; } = [];

        internal long Number { get; set; }

        /// <summary>Rises when a new grain has asked what is held: what an older one granted does not count any more.</summary>
        internal long Generation { get; set; }

        internal bool IsRunning { get; set; }

        internal Task Running { get; set; } = Task.CompletedTask;
    }
}
