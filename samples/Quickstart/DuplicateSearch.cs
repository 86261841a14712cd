using Jobs;

namespace Quickstart;

/// <summary>The program itself: lists the files, enqueues a job for each, awaits the results, and reports.</summary>
internal sealed class DuplicateSearch(IJobClient jobs, Findings findings, IDisplay display, TimeProvider clock)
{
    private const int FilesPerBatch = 1000;
    private const int MaxNotes = 20;

    /// <returns>False if it was interrupted.</returns>
    internal async Task<bool> RunAsync(string folder, CancellationToken stopping)
    {
        try
        {
            display.Line($"Looking for files below {folder}");
            var listing = FolderListing.Read(folder, stopping);
            Tell(listing);
            if (listing.Files.Count > 0) await HashAsync(folder, listing.Files, stopping);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            display.Line($"Interrupted after {findings.Done:N0} of {findings.Total:N0} files: "
                + "running jobs may finish, the others are dropped.");
            return false;
        }
    }

    private void Tell(FolderListing listing)
    {
        foreach (var note in listing.Unreadable.Take(MaxNotes)) display.Line($"Cannot read {note}");
        var untold = listing.Unreadable.Count - MaxNotes;
        if (untold > 0) display.Line($"... and {untold:N0} more that cannot be read.");
        if (listing.Links + listing.Empty > 0) display.Line($"Left out: {listing.Links:N0} links, {listing.Empty:N0} empty files.");
        display.Line(listing.Files.Count == 0 ? "There are no files to compare." : $"Hashing {listing.Files.Count:N0} files.");
    }

    private async Task HashAsync(string folder, List<string> files, CancellationToken stopping)
    {
        findings.Total = files.Count;
        var start = new SearchStart(clock.GetUtcNow());
        await jobs.EnqueueAsync(SearchTasks.ReportSpeed, start, cancellation: stopping);
        await jobs.EnqueueAsync(SearchTasks.ReportFirstFindings, start, job => job.After(TimeSpan.FromSeconds(2)), stopping);

        await display.WhileAsync(findings, async () =>
        {
            foreach (var batch in files.Chunk(FilesPerBatch)) await HashBatchAsync(folder, batch, stopping);
        });

        // The reports are not needed any more: the recurring one would go on for ever, the delayed one may not have come yet.
        await jobs.ApplyAsync(new JobFilter { Queue = QueueName.Default }, JobAction.Cancel, stopping);
        display.Report(new SearchReport(findings.Duplicates(), findings.Failed(), [
            (SearchTasks.Hashing, await jobs.CountAsync(SearchTasks.Hashing, stopping)),
            (QueueName.Default, await jobs.CountAsync(QueueName.Default, stopping)),
        ]));
    }

    private async Task HashBatchAsync(string folder, string[] files, CancellationToken stopping)
    {
        FileRef[] payloads = [.. files.Select(path => new FileRef(path))];
        var handles = await jobs.EnqueueManyAsync(SearchTasks.HashFile, payloads, cancellation: stopping);
        await Task.WhenAll(handles.Zip(files, (handle, path) => AwaitHashAsync(handle, Path.GetRelativePath(folder, path), stopping)));
    }

    private async Task AwaitHashAsync(JobHandle<FileHash> handle, string path, CancellationToken stopping)
    {
        try
        {
            findings.Add(path, await handle.ResultAsync(cancellation: stopping));
        }
        catch (JobFailedException e)
        {
            findings.Add(new FailedFile(path, e.Error));
        }
    }
}
