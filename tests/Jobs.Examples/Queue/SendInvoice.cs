namespace Jobs.Examples.Queue;

/// <summary>A job that says its own name, in place of the one that its type gives it.</summary>
[TaskName("shop.send-invoice")]
public sealed record SendInvoice(int Number);
