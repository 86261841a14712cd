using Jobs;

namespace Quickstart;

/// <summary>The program itself: lists the files, enqueues a job for each, awaits the results, and reports.</summary>
internal sealed class DuplicateSearch(
    IJobClient jobs, CommandLine command, Findings findings, IDisplay display, TimeProvider clock)
{
    private const int FilesPerBatch = 1000;
    private const int MaxNotes = 20;

    /// <returns>False if it was interrupted.</returns>
    internal async Task<bool> RunAsync(string folder, CancellationToken stopping)
    {
        try
        {
            display.Line($"Looking for files below {folder}");
            var listing = FolderListing.Read(folder, command.StoreFile, stopping);
            Tell(listing);
            if (listing.Files.Count > 0) await HashAsync(folder, listing.Files, stopping);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            display.Line($"Interrupted after {findings.Done:N0} of {findings.Total:N0} files: "
                + (command.Store is StoreKind.Memory ? "running jobs may finish, the others are dropped." : "start it again to go on from here."));
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

    private async Task HashAsync(string folder, List<FileRef> files, CancellationToken stopping)
    {
        findings.Total = files.Count;

        // What an interrupted run has left would report on that one.
        await CancelReportsAsync(stopping);
        var start = new SearchStart(clock.GetUtcNow());
        await jobs.EnqueueAsync(SearchTasks.ReportSpeed, start, cancellation: stopping);
        await jobs.EnqueueAsync(SearchTasks.ReportFirstFindings, start, job => job.After(TimeSpan.FromSeconds(2)), stopping);

        await display.WhileAsync(findings, async () =>
        {
            foreach (var batch in files.Chunk(FilesPerBatch)) await Task.WhenAll(batch.Select(file => HashAsync(folder, file, stopping)));
        });

        // The reports are not needed any more: the recurring one would go on for ever, the delayed one may not have come yet.
        await CancelReportsAsync(stopping);
        if (findings.Known > 0) display.Line($"Files that an earlier run has hashed: {findings.Known:N0} of {findings.Total:N0}.");
        display.Report(new SearchReport(findings.Duplicates(), findings.Failed(), [
            (SearchTasks.Hashing, await jobs.CountAsync(SearchTasks.Hashing, stopping)),
            (QueueName.Default, await jobs.CountAsync(QueueName.Default, stopping)),
        ]));
    }

    private ValueTask<int> CancelReportsAsync(CancellationToken stopping) =>
        jobs.ApplyAsync(new JobFilter { Queue = QueueName.Default }, JobAction.Cancel, stopping);

    private async Task HashAsync(string folder, FileRef file, CancellationToken stopping)
    {
        var path = Path.GetRelativePath(folder, file.Path);
        var id = file.ToJobId();
        try
        {
            findings.Add(path, id, await ResultAsync(file, id, stopping));
        }
        catch (JobFailedException e)
        {
            findings.Add(new FailedFile(path, e.Error));
        }
    }

    private async Task<FileHash> ResultAsync(FileRef file, JobId id, CancellationToken stopping)
    {
        try
        {
            var job = await jobs.EnqueueAsync(SearchTasks.HashFile, file, options => options.WithId(id), stopping);
            return await job.ResultAsync(cancellation: stopping);
        }
        catch (DuplicateJobException)
        {
            // An earlier run has enqueued it. Whether it is completed, waiting or running by now, its result is awaited in the same way;
            // if it is dead, it gets another chance.
            var job = jobs.Handle(SearchTasks.HashFile, id);
            if ((await job.GetAsync(stopping)).State is JobState.Dead) await jobs.RetryAsync(id, stopping);
            return await job.ResultAsync(cancellation: stopping);
        }
    }
}
