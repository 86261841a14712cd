using Jobs;
using Jobs.CrashWorker;

var options = WorkerOptions.Parse(args is ["transactions" or "outbox", .. var plain] ? plain : args);
var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 14);
var journal = Journal.To(output);
journal.Tell("up");
if (args[0] is "outbox")
{
    await new OutboxWork(journal, options).RunAsync();
    return;
}

if (args[0] is "transactions")
{
    await using var transactions = new TransactionWork(journal, options);
    await transactions.RunAsync();
    return;
}

var work = new CrashWork(journal, options);
if (options.Drains) work.LetGo();
await using var engine = work.Create();
await engine.StartAsync();
journal.Tell("open");
if (options.Drains)
{
    await Drain.WhenEmptyAsync(engine.Client);
    journal.Tell("drained");
    return;
}

using var load = new CrashLoad(engine.Client, journal, options);
await load.RunAsync(int.MaxValue, CancellationToken.None);
