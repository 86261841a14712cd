using Jobs.Core.Tests.States;

namespace Jobs.Core.Tests.Queueing;

public sealed class EntryHeapTests
{
    [Fact]
    public void Random_pushes_pops_removals_and_trims_agree_with_a_sorted_set()
    {
        var random = new Random(4711);
        var heap = new EntryHeap();
        var sorted = new SortedDictionary<OrderKey, JobEntry>();
        for (var step = 0; step < 20_000; step++)
        {
            switch (random.Next(100))
            {
                case < 55:
                    var key = new OrderKey(random.Next(5), random.Next(5), step);
                    var entry = Entry(random.Next(9));
                    heap.Push(entry, key);
                    sorted.Add(key, entry);
                    break;
                case < 75 when sorted.Count > 0:
                    var first = heap.Pop();
                    Assert.Same(sorted.First().Value, first);
                    Assert.True(first.Heap is null && first.HeapIndex == -1);
                    sorted.Remove(sorted.First().Key);
                    break;
                case < 99 when sorted.Count > 0:
                    var any = sorted.ElementAt(random.Next(sorted.Count));
                    heap.Remove(any.Value);
                    sorted.Remove(any.Key);
                    break;
                default:
                    var keep = random.Next(sorted.Count + 1);
                    var trimmed = heap.TrimTo(keep);
                    Assert.Equal(sorted.Skip(keep).Select(p => p.Value), trimmed.OrderBy(e => e.Key));
                    foreach (var gone in trimmed) sorted.Remove(gone.Key);
                    break;
            }

            Assert.Equal(sorted.Count, heap.Count);
            Assert.Same(sorted.FirstOrDefault().Value, heap.Peek());
            if (step % 100 == 0) Assert.Equal(sorted.Values.Sum(e => e.Job.Payload.Length), heap.PayloadBytes);
        }

        Assert.Equal(sorted.Values, heap.All().OrderBy(e => e.Key));
    }

    [Fact]
    public void An_entry_is_in_one_heap_at_most_and_leaves_only_its_own()
    {
        var (one, other, entry) = (new EntryHeap(), new EntryHeap(), Entry(0));
        one.Push(entry, new OrderKey(1, 1, 1));

        Assert.Throws<InvalidOperationException>(() => other.Push(entry, new OrderKey(1, 1, 1)));
        Assert.Throws<InvalidOperationException>(() => other.Remove(entry));
        Assert.Same(entry, one.Pop());
        Assert.Null(one.Peek());
    }

    private static JobEntry Entry(int payloadBytes) => new(Sample.New(JobState.Pending) with { Payload = new byte[payloadBytes] });
}
