namespace Quickstart;

/// <summary>Files with equal content.</summary>
internal sealed record DuplicateGroup(FileHash Hash, IReadOnlyList<string> Paths)
{
    internal long WastedBytes => Hash.Bytes * (Paths.Count - 1);
}
