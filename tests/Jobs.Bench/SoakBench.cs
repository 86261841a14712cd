using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Jobs.Bench;

/// <summary>Runs many jobs through one engine and shows what grows: memory of the process, tables, indexes, log.</summary>
internal sealed class SoakBench(BenchOptions options, BenchStore place)
{
    private readonly List<IReadOnlyList<(string Name, double Value)>> _rows = [];

    internal async Task RunAsync(CancellationToken stop)
    {
        await using var engine = await BenchEngine.StartAsync(options, place.Open(), runsJobs: true);
        var watch = Stopwatch.StartNew();
        await TakeRowAsync(engine, watch.Elapsed);
        for (var start = 0; start < options.Jobs; start += options.ReportEveryJobs)
        {
            await engine.EnqueueAsync(Math.Min(options.ReportEveryJobs, options.Jobs - start), stop);
            await TakeRowAsync(engine, watch.Elapsed);
        }

        await engine.WhenCommittedAsync(options.Jobs, stop);
        var took = watch.Elapsed;
        await TakeRowAsync(engine, took);
        PrintSummary();
        Report.Print(options.System, "soak", options.Jobs / took.TotalSeconds, "jobs/s");
    }

    /// <summary>A row is one JSON line, printed when it is taken.</summary>
    private async Task TakeRowAsync(BenchEngine engine, TimeSpan elapsed)
    {
        using var process = Process.GetCurrentProcess();
        List<(string Name, double Value)> row =
        [
            ("seconds", elapsed.TotalSeconds),
            ("completed", engine.Committed),
            ("process_mb", process.WorkingSet64 / BenchStore.BytesPerMegabyte),
            ("live_objects_mb", GC.GetGCMemoryInfo().HeapSizeBytes / BenchStore.BytesPerMegabyte),
        ];
        row.AddRange(await place.SizesAsync());
        _rows.Add(row);
        Console.WriteLine(JsonSerializer.Serialize(row.ToDictionary(r => r.Name, r => Math.Round(r.Value, 1))));
    }

    private void PrintSummary()
    {
        var names = _rows.SelectMany(row => row.Select(r => r.Name)).Distinct().ToList();
        var width = names.Max(n => n.Length);
        Console.WriteLine($"{"".PadRight(width)} {"first",12} {"largest",12} {"last",12}");
        foreach (var name in names)
        {
            var values = _rows.SelectMany(row => row.Where(r => r.Name == name).Select(r => r.Value)).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name.PadRight(width)} {values[0],12:0.#} {values.Max(),12:0.#} {values[^1],12:0.#}"));
        }
    }
}
