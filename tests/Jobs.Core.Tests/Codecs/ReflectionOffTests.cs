using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Jobs.Conformance;

namespace Jobs.Core.Tests.Codecs;

/// <summary>Applications that are trimmed switch reflection in System.Text.Json off; the switch is read once for each process.</summary>
public sealed partial class ReflectionOffTests
{
    private const string Switch = "System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault";

    [Fact]
    public async Task Jobs_run_and_records_are_stored_where_reflection_is_off()
    {
        if (JsonSerializer.IsReflectionEnabledByDefault) await RunInProcessWithoutReflectionAsync();
        else await CheckAsync();
    }

    private static async Task CheckAsync()
    {
        var task = ResultTask.Create<Crate, string>("open");
        await using var engine = await EmbeddedJobs.StartAsync(b => b.UseJson(CrateContext.Default).Handle(task, (crate, _) => Task.FromResult(crate.Label)));
        Assert.Equal("a", await engine.Client.RunAsync(task, new Crate("a")).Soon());
        await Assert.ThrowsAsync<PayloadEncodingException>(() => engine.Client.EnqueueAsync(TaskDefinition.Create<Version>("open"), new Version()).AsTask());
        await using var silent = await EmbeddedJobs.StartAsync(b => b.Handle(task, (crate, _) => Task.FromResult(crate.Label)));
        await Assert.ThrowsAsync<PayloadEncodingException>(() => silent.Client.RunAsync(task, new Crate("a")).AsTask());

        var terms = new JobTerms { Task = "t", Queue = "q", Backoff = RetryPolicy.Default, Headers = new Dictionary<string, string> { ["a"] = "b" } };
        var stored = StoredText.ToTerms(StoredText.OfTerms(terms), "t", "q", null, StoredText.ToTags(StoredText.OfTags(["x"])));
        Assert.Equal(("b", "x", RetryPolicy.Default), (stored.Headers["a"], stored.Tags[0], stored.Backoff));
        var notes = JobNotes.Empty with { Errors = [new JobError(1, default, "type", "message")], Progress = new JobProgress(1, "p") };
        Assert.Equal(notes.Errors, StoredText.ToNotes(StoredText.OfNotes(notes))!.Errors);
    }

    private static async Task RunInProcessWithoutReflectionAsync()
    {
        var program = typeof(ReflectionOffTests).Assembly.Location;
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(program, ".runtimeconfig.json")))!;
        var properties = config["runtimeOptions"]!["configProperties"] ??= new JsonObject();
        properties[Switch] = false;
        var changed = Path.Combine(Path.GetTempPath(), $"jobs-{Guid.NewGuid():n}.runtimeconfig.json");
        await File.WriteAllTextAsync(changed, config.ToJsonString());
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) != "dotnet") start.FileName = "dotnet";
            var method = $"{typeof(ReflectionOffTests).FullName}.{nameof(Jobs_run_and_records_are_stored_where_reflection_is_off)}";
            foreach (var argument in (string[])["exec", "--runtimeconfig", changed, "--depsfile", Path.ChangeExtension(program, ".deps.json"), program,
                "-method", method, "-noColor"])
                start.ArgumentList.Add(argument);
            using var child = Process.Start(start)!;
            var output = Task.WhenAll(child.StandardOutput.ReadToEndAsync(), child.StandardError.ReadToEndAsync());
            var text = string.Concat(await output.WaitAsync(TimeSpan.FromMinutes(2)));
            await child.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.True(child.ExitCode == 0 && text.Contains("Total: 1", StringComparison.Ordinal), text);
        }
        finally
        {
            File.Delete(changed);
        }
    }

    internal sealed record Crate(string Label);

    [JsonSerializable(typeof(Crate))]
    [JsonSerializable(typeof(string))]
    private sealed partial class CrateContext : JsonSerializerContext;
}
