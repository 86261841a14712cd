namespace Jobs.Sqlite;

/// <summary>
/// The lock beside a job file (its name with <c>-owner</c> behind it) that says that a process owns its partitions. The operating system
/// gives it back when the process ends, also by a kill. The file itself stays: removing it could take the lock from under somebody else.
/// </summary>
internal sealed class OwnerLock(string path) : IDisposable
{
    private FileStream? _held;

    /// <summary>Takes the lock; true if this store has it now, or had it before.</summary>
    internal bool TryTake()
    {
        if (_held is not null) return true;
        try
        {
            _held = new FileStream($"{path}-owner", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            throw new JobFileException($"{path}-owner", JobFileProblem.ReadOnly);
        }
    }

    public void Dispose() => Release();

    internal void Release()
    {
        _held?.Dispose();
        _held = null;
    }
}
