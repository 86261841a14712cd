using Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quickstart;

var command = CommandLine.Parse(args);
if (command.Folder is not { } folder) return command.Refuse();

// The empty builder reads no configuration and logs nothing, so the sample owns its output; it stops on Ctrl-C and SIGTERM all the same.
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddSingleton(Displays.Choose());
builder.Services.AddSingleton(command);
builder.Services.AddSingleton<Findings>();
builder.Services.AddSingleton<DuplicateSearch>();
builder.Services.AddJobs(jobs =>
{
    command.UseStore(jobs);
    jobs.DrainTime = TimeSpan.FromSeconds(2);
    jobs.Queue(SearchTasks.Hashing, queue => queue.Concurrency = Environment.ProcessorCount);
    jobs.Handle<HashFileHandler>(SearchTasks.HashFile);
    jobs.Handle<ReportSpeedHandler>(SearchTasks.ReportSpeed);
    jobs.Handle(SearchTasks.ReportFirstFindings, (Findings findings, IDisplay display) =>
        display.Line($"Groups of duplicates so far: {findings.Duplicates().Count:N0}."));
});

using var host = builder.Build();
await host.StartAsync();
var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
var finished = await host.Services.GetRequiredService<DuplicateSearch>().RunAsync(folder, stopping);
await host.StopAsync();
if (finished) return ExitCodes.Done;
host.Services.GetRequiredService<IDisplay>().Line("Stopped.");
return ExitCodes.Interrupted;
