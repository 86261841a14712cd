using System.Diagnostics;
using System.Globalization;
using Jobs.Bench;
using Jobs.Grains.Contracts;
using Jobs.Postgres.Tests;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Jobs.Cluster.Bench;

/// <summary>
/// Takes an enqueue apart: what a call of a grain costs that does nothing, what writing and reading its messages costs, and what is left for
/// the job itself. One silo, and this process as its client.
/// </summary>
internal static class HopBench
{
    internal const string Usage = """
        usage: Jobs.Cluster.Bench hop [OPTION VALUE]...

        Prints what an enqueue costs beside the store: a call of a grain that does nothing, and messages written and read. --callers and --postgres
        are known.
        """;

    private const string Measured = "jobs-cluster-1";
    private const int Samples = 2_000;
    private const int Calls = 40_000;
    private const int Messages = 50_000;
    private const int Rounds = 3;

    internal static async Task RunAsync(ClusterBenchOptions options, CancellationToken stop)
    {
        await using var cluster = await ClusterBenchStore.StartAsync(options, silos: 1, stop, countsCompletions: false);
        await using var engine = await cluster.StartAsync(runsJobs: false);
        var partition = cluster.Grains.GetGrain<IQueuePartition>($"{QueueName.Default}/0");
        var number = 0;
        Func<Task> hop = partition.WakeAsync;
        Func<Task> enqueue = async () =>
            await engine.Client.EnqueueAsync(engine.NoOp, Payload.Number(Interlocked.Increment(ref number)), cancellation: CancellationToken.None);

        foreach (var (name, call) in new[] { ("hop", hop), ("enqueue", enqueue) })
        {
            await OneAtATimeAsync(name, call, stop);
            await ManyAtATimeAsync(name, call, cluster, options.Bench.Callers, stop);
        }

        var serializer = cluster.Services.GetRequiredService<Serializer>();
        Measure(serializer, "request_of_1", RequestOf(engine.NoOp, 1));
        var callers = options.Bench.Callers;
        Measure(serializer, $"request_of_{callers}", RequestOf(engine.NoOp, callers), Math.Max(1, Messages / callers));
        Measure(serializer, "reply", new EnqueueReply());
    }

    private static async Task OneAtATimeAsync(string name, Func<Task> call, CancellationToken stop)
    {
        var samples = new List<double>(Samples);
        for (var i = -Samples; i < Samples; i++)
        {
            stop.ThrowIfCancellationRequested();
            var before = Stopwatch.GetTimestamp();
            await call();
            if (i >= 0) samples.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        samples.Sort();
        Report.Print(Measured, $"{name}_p50", samples[Samples / 2], "ms");
        Report.Print(Measured, $"{name}_p99", samples[Samples * 99 / 100], "ms");
    }

    private static async Task ManyAtATimeAsync(string name, Func<Task> call, ClusterBenchStore cluster, int callers, CancellationToken stop)
    {
        var rounds = new List<(double Rate, double Client, double Silo)>();
        for (var round = -Rounds; round < Rounds; round++)
        {
            var (client, silo, started) = (Cpu(Environment.ProcessId), Cpu(cluster.ProcessIds[0]), Stopwatch.GetTimestamp());
            var left = Calls;
            await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(
                async () =>
                {
                    while (Interlocked.Decrement(ref left) >= 0) await call().WaitAsync(stop);
                },
                stop)));
            var time = Stopwatch.GetElapsedTime(started);
            if (round < 0) continue;
            rounds.Add((Calls / time.TotalSeconds, Each(Cpu(Environment.ProcessId) - client), Each(Cpu(cluster.ProcessIds[0]) - silo)));
        }

        Report.Print(Measured, $"{name}_rate", Report.Median(rounds.Select(r => r.Rate)), "calls/s");
        Report.Print(Measured, $"{name}_client_cpu", Report.Median(rounds.Select(r => r.Client)), "us");
        Report.Print(Measured, $"{name}_silo_cpu", Report.Median(rounds.Select(r => r.Silo)), "us");
    }

    private static void Measure<T>(Serializer serializer, string name, T message, int times = Messages)
    {
        var bytes = serializer.SerializeToArray(message);
        var (write, read) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var round = 0; round < 2; round++)
        {
            var before = Stopwatch.GetTimestamp();
            for (var i = 0; i < times; i++) serializer.SerializeToArray(message);
            write = Stopwatch.GetElapsedTime(before);
            before = Stopwatch.GetTimestamp();
            for (var i = 0; i < times; i++) serializer.Deserialize<T>(bytes);
            read = Stopwatch.GetElapsedTime(before);
        }

        Report.Print(Measured, $"{name}_bytes", bytes.Length, "bytes");
        Report.Print(Measured, $"{name}_write", write.TotalMicroseconds / times, "us");
        Report.Print(Measured, $"{name}_read", read.TotalMicroseconds / times, "us");
    }

    /// <summary>What a client sends for so many callers at once.</summary>
    private static EnqueueRequest RequestOf(TaskDefinition<Payload> task, int callers)
    {
        var ids = new JobIdSource(TimeProvider.System, new Random(1));
        var said = JobOptionsMessage.Of(task) with { ContentType = JsonPayloadCodec.Default.ContentType };
        EnqueueRequest[] each = [.. Enumerable.Range(0, callers).Select(i => new EnqueueRequest
        {
            Queue = QueueName.Default,
            Partition = 0,
            RequestId = i.ToString("x32", CultureInfo.InvariantCulture),
            Jobs =
            [
                new NewJobMessage
                {
                    Id = ids.Next(QueueName.Default, 0),
                    Task = task.Name,
                    Payload = JsonPayloadCodec.Default.Encode(Payload.Number(i)),
                    Options = said,
                },
            ],
        })];
        return callers == 1 ? each[0] : each[0] with { Others = each[1..] };
    }

    private static TimeSpan Cpu(int process)
    {
        using var found = Process.GetProcessById(process);
        return found.TotalProcessorTime;
    }

    private static double Each(TimeSpan cpu) => cpu.TotalMicroseconds / Calls;
}
