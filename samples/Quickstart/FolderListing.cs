namespace Quickstart;

/// <summary>The files below a folder. Links are not followed, so there are no loops; what cannot be read is noted, not thrown.</summary>
internal sealed class FolderListing
{
    /// <summary>The attributes of an entry that vanished after it was listed, or that cannot be looked at.</summary>
    private const FileAttributes Unknown = (FileAttributes)(-1);

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly string? _storeFile;

    private FolderListing(string? storeFile) => _storeFile = storeFile;

    internal List<FileRef> Files { get; } = [];

    /// <summary>What could not be read, and why.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Links are left out: a file and a link to it are no duplicates.</summary>
    internal int Links { get; private set; }

    /// <summary>Empty files are left out: nothing is gained by finding them, and pipes and devices look like them.</summary>
    internal int Empty { get; private set; }

    /// <param name="folder">Where to look.</param>
    /// <param name="storeFile">The file of the sample's own store, which is left out with those beside it; null for none.</param>
    /// <param name="stopping">Ends it.</param>
    internal static FolderListing Read(string folder, string? storeFile, CancellationToken stopping)
    {
        var listing = new FolderListing(storeFile);
        var folders = new Stack<DirectoryInfo>([new DirectoryInfo(folder)]);
        while (folders.TryPop(out var next))
        {
            listing.Guarded(next, () =>
            {
                foreach (var entry in next.EnumerateFileSystemInfos("*", Everything))
                {
                    stopping.ThrowIfCancellationRequested();
                    listing.Guarded(entry, () => listing.Add(entry, folders));
                }
            });
        }

        listing.Files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return listing;
    }

    private void Add(FileSystemInfo entry, Stack<DirectoryInfo> folders)
    {
        if (entry.Attributes == Unknown) Unreadable.Add($"{entry.FullName}: it has vanished, or its path is too long.");
        else if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint)) Links++;
        else if (entry is DirectoryInfo folder) folders.Push(folder);
        else if (((FileInfo)entry).Length == 0) Empty++;
        else if (_storeFile is null || !entry.FullName.StartsWith(_storeFile, StringComparison.Ordinal))
            Files.Add(new FileRef(entry.FullName, ((FileInfo)entry).Length, entry.LastWriteTimeUtc));
    }

    private void Guarded(FileSystemInfo entry, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Unreadable.Add($"{entry.FullName}: {e.Message}");
        }
    }
}
