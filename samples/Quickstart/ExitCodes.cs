namespace Quickstart;

/// <summary>What the sample tells its shell.</summary>
internal static class ExitCodes
{
    internal const int Done = 0;
    internal const int WrongUse = 2;
    internal const int Interrupted = 130;
}
