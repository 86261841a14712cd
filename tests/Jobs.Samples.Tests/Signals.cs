using System.Globalization;
using System.Runtime.InteropServices;

namespace Jobs.Samples.Tests;

/// <summary>Signals as a shell sends them.</summary>
internal static partial class Signals
{
    internal const int Interrupt = 2;
    internal const int Kill = 9;
    internal const int Terminate = 15;

    private const int Default = 0;

    internal static void Send(int process, int signal) => Assert.Equal(0, SendSignal(process, signal));

    /// <summary>
    /// A shell that starts its commands in the background has them ignore Ctrl-C, and so do their children; ours must hear it.
    /// </summary>
    internal static void HearInterrupts()
    {
        if (!OperatingSystem.IsLinux()) return;
        var ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        var mask = ulong.Parse(ignored.Split('\t')[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if ((mask >> (Interrupt - 1) & 1) == 1) Signal(Interrupt, Default);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint Signal(int signal, nint handler);
}
