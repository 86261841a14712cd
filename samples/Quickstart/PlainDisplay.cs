namespace Quickstart;

/// <summary>Plain lines, for pipes and files.</summary>
internal sealed class PlainDisplay(TextWriter output) : IDisplay
{
    private readonly TextWriter _output = TextWriter.Synchronized(output);

    public void Line(string text) => _output.WriteLine(PlainText.Of(text));

    public void Status(string text) => Line(text);

    public Task WhileAsync(Findings findings, Func<Task> work) => work();

    public void Report(SearchReport report)
    {
        Line(report.Headline);
        foreach (var group in report.Duplicates)
        {
            Line($"{group.Hash.Bytes:N0} bytes, SHA-256 {group.Hash.Sha256}:");
            foreach (var path in group.Paths) Line($"  {path}");
        }

        foreach (var failed in report.Failed) Line($"Dead after {failed.Error?.Attempt} attempts: {failed.Path}: {failed.Error?.Message}");
        foreach (var (queue, counts) in report.Jobs)
            Line($"Jobs on record in {queue}: {string.Join(", ", SearchReport.States.Select(state => $"{state} {counts[state]}"))}");
    }
}
