namespace Jobs.Examples.Dispatch;

/// <summary>Another job, which says under which name it is stored: the class may be renamed then.</summary>
[TaskName("newsletter")]
public sealed record Newsletter(string To, int Issue);
