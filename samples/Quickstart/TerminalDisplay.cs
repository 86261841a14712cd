using Spectre.Console;

namespace Quickstart;

/// <summary>A progress bar and tables, for people.</summary>
internal sealed class TerminalDisplay(IAnsiConsole console, TimeProvider clock) : IDisplay
{
    private const int MaxGroups = 20;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private volatile string _status = "starting";

    public void Line(string text) => console.WriteLine(PlainText.Of(text));

    public void Status(string text) => _status = text;

    public Task WhileAsync(Findings findings, Func<Task> work) => console.Progress()
        .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(async progress =>
        {
            var bar = progress.AddTask(_status, maxValue: findings.Total);
            var working = work();
            while (!working.IsCompleted)
            {
                Show(bar, findings);
                await Task.WhenAny(working, Task.Delay(Refresh, clock));
            }

            _status = working.IsCompletedSuccessfully ? "done" : "stopping";
            Show(bar, findings);
            await working;
        });

    public void Report(SearchReport report)
    {
        if (report.Duplicates.Count > 0) console.Write(Duplicates(report.Duplicates));
        Line(report.Headline);
        foreach (var failed in report.Failed) Line($"Dead after {failed.Error?.Attempt} attempts: {failed.Path}: {failed.Error?.Message}");
        console.Write(Jobs(report));
    }

    private static Table Duplicates(IReadOnlyList<DuplicateGroup> groups)
    {
        var table = new Table().AddColumn(new TableColumn("Bytes").RightAligned()).AddColumn("SHA-256").AddColumn("Equal files");
        foreach (var group in groups.Take(MaxGroups))
        {
            var paths = string.Join('\n', group.Paths.Select(PlainText.Of));
            table.AddRow(new Text($"{group.Hash.Bytes:N0}"), new Text(group.Hash.Sha256[..12]), new Text(paths));
        }

        if (groups.Count > MaxGroups) table.Caption($"{groups.Count - MaxGroups:N0} more groups: send the output to a file to see all");
        return table;
    }

    private static Table Jobs(SearchReport report)
    {
        var table = new Table().AddColumn("Jobs on record");
        foreach (var state in SearchReport.States) table.AddColumn(new TableColumn($"{state}").RightAligned());
        foreach (var (queue, counts) in report.Jobs)
            table.AddRow([$"{queue}", .. SearchReport.States.Select(state => $"{counts[state]:N0}")]);
        return table;
    }

    private void Show(ProgressTask bar, Findings findings)
    {
        bar.Value = findings.Done;
        bar.Description = Markup.Escape(_status);
    }
}
