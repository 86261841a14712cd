using Jobs.Client;
using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Which wait an answer is for, without a cluster around it.</summary>
public sealed class ResultWatchTests
{
    private readonly Recording<TaskCompletionSource<WatchReply>> _questions = new();
    private readonly ResultWatch _results;
    private readonly IQueuePartition _partition;
    private readonly JobId _id = new JobIdSource(TimeProvider.System, new Random(1)).Next("mail", 0);

    public ResultWatchTests()
    {
        var options = new JobsClientOptions();
        var grains = Stub.Of<IGrainFactory>((_, arguments) => arguments[0]);
        _results = new ResultWatch(grains, new ClusterCalls(options, null), options);
        _partition = Stub.Of<IQueuePartition>((_, _) =>
        {
            var question = new TaskCompletionSource<WatchReply>(TaskCreationOptions.RunContinuationsAsynchronously);
            _questions.Add(question);
            return question.Task;
        });
    }

    [Fact]
    public async Task A_late_answer_does_not_end_a_wait_that_began_after_the_question()
    {
        var first = WaitAsync();
        await _questions.Reaches(1).Soon();
        var asking = _results.AskAsync(_partition, [_id]);
        await _questions.Reaches(2).Soon();
        await _results.EndedAsync([Job(JobState.Dead)]);
        Assert.Equal(JobState.Dead, (await first.Soon()).State);
        var second = WaitAsync();
        await _questions.Reaches(3).Soon();
        _questions.Items[1].SetResult(new WatchReply { Ended = [Job(JobState.Dead)], Missing = [] });
        await asking.Soon();
        await _results.EndedAsync([Job(JobState.Completed)]);
        Assert.Equal(JobState.Completed, (await second.Soon()).State);
    }

    private Task<JobSnapshot> WaitAsync() => _results.WaitAsync(_partition, _id, TestContext.Current.CancellationToken);

    private JobSnapshot Job(JobState state) => new() { Id = _id, Task = "t", Queue = "mail", State = state };
}
