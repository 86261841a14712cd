namespace Jobs.Examples.Queue;

public sealed record NightlyReport(string Branch);
