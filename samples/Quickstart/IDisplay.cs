namespace Quickstart;

/// <summary>Where the sample shows what happens; safe for many threads, because handlers use it.</summary>
internal interface IDisplay
{
    /// <summary>Shows a line that stays.</summary>
    void Line(string text);

    /// <summary>Shows how far the search has come.</summary>
    void Status(string text);

    /// <summary>Does the work, and shows a progress bar meanwhile where that is possible.</summary>
    Task WhileAsync(Findings findings, Func<Task> work);

    /// <summary>Shows the end.</summary>
    void Report(SearchReport report);
}
