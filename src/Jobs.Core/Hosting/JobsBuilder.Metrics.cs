namespace Jobs.Core;

/// <content>Metrics.</content>
public sealed partial class JobsBuilder
{
    private MetricNames _metricNames;

    /// <summary>
    /// Publishes measurements of the meter <see cref="JobsMetrics.MeterName"/> once more under names that other systems have, for dashboards that
    /// know those; default none. Each of <see cref="MetricNames"/> lists its own. Names of several calls add up.
    /// </summary>
    public JobsBuilder UseMetricNames(MetricNames names)
    {
        _metricNames |= names;
        return this;
    }
}
