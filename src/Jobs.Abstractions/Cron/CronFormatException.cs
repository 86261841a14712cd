using System.Globalization;

namespace Jobs;

/// <summary>
/// A cron expression cannot be used; says where it breaks, what is allowed there and what to write instead.
/// </summary>
public sealed class CronFormatException : FormatException
{
    /// <summary>Makes the error from its parts; the message names all of them.</summary>
    /// <param name="expression">The whole text that was parsed; empty if there was none.</param>
    /// <param name="position">Index of the first character that is wrong, counted from 0.</param>
    /// <param name="field">The field that is wrong, for example <c>day of month</c>.</param>
    /// <param name="problem">What is wrong, what is allowed and the remedy, in full sentences.</param>
    public CronFormatException(string expression, int position, string field, string problem)
        : base(string.Create(
            CultureInfo.InvariantCulture, $"{problem} (cron expression \"{expression}\", {field}, position {position})"))
    {
        Expression = expression;
        Position = position;
        Field = field;
    }

    /// <summary>The whole text that was parsed; empty if there was none, shortened if it was over the limit.</summary>
    public string Expression { get; }

    /// <summary>
    /// Index of the first character that is wrong, counted from 0; the length of the text if something is missing at
    /// its end.
    /// </summary>
    public int Position { get; }

    /// <summary>
    /// The field that is wrong: <c>second</c>, <c>minute</c>, <c>hour</c>, <c>day of month</c>, <c>month</c>,
    /// <c>weekday</c>, <c>macro</c>, <c>duration</c>, or <c>expression</c> for the text as a whole.
    /// </summary>
    public string Field { get; }
}
