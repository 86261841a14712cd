using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>Keeping settings: what is written comes back, and of several who add one is first.</summary>
public abstract class SettingStoreContract(IStoreFixture fixture) : StoreContract(fixture)
{
    private ISettingStore Settings => Store.Settings!;

    [Fact]
    public async Task What_is_written_comes_back_as_it_was()
    {
        var rich = New("kind", "näme\n1") with { Value = "välue 'x'", ChangedAt = Now.AddTicks(12_345_678), ChangedBy = "somebody" };
        Assert.True(await Settings.AddSettingAsync(rich, default));
        Assert.True(await Settings.AddSettingAsync(New("kind", "plain"), default));
        Assert.Equal([rich, New("kind", "plain")], await ListAsync());
    }

    [Fact]
    public async Task A_setting_that_exists_is_not_added_but_can_be_put()
    {
        var first = New("kind", "name") with { Value = "first" };
        var second = first with { Value = null, ChangedAt = Now.AddDays(1), ChangedBy = "other" };
        Assert.True(await Settings.AddSettingAsync(first, default));
        Assert.False(await Settings.AddSettingAsync(second, default));
        Assert.Equal([first], await ListAsync());

        await Settings.PutSettingAsync(second, default);
        await Settings.PutSettingAsync(New("new", "name"), default);
        Assert.Equal([second, New("new", "name")], await ListAsync());
    }

    [Fact]
    public async Task A_setting_is_removed_by_kind_and_name()
    {
        await Settings.AddSettingAsync(New("a", "x"), default);
        await Settings.AddSettingAsync(New("b", "x"), default);
        Assert.True(await Settings.DeleteSettingAsync("a", "x", default));
        Assert.False(await Settings.DeleteSettingAsync("a", "x", default));
        Assert.False(await Settings.DeleteSettingAsync("b", "y", default));
        Assert.Equal([New("b", "x")], await ListAsync());
    }

    [Fact]
    public async Task They_are_listed_by_the_codes_of_their_characters()
    {
        (string Kind, string Name)[] keys = [("b", "x"), ("B", "x"), ("a", "z"), ("a", "Z"), ("a-1", "x"), ("a", ""), ("a", "z10"), ("a", "z9")];
        foreach (var (kind, name) in keys) await Settings.AddSettingAsync(New(kind, name), default);
        var sorted = keys.OrderBy(k => k.Kind, StringComparer.Ordinal).ThenBy(k => k.Name, StringComparer.Ordinal);
        Assert.Equal(sorted, (await ListAsync()).Select(s => (s.Kind, s.Name)));
    }

    [Fact]
    public async Task Of_many_who_add_at_once_one_is_first()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(
            async () => await Settings.AddSettingAsync(New("kind", "name") with { Value = $"{n}" }, default)))).Soon();
        Assert.Single(added, first => first);
        Assert.Equal($"{Array.IndexOf(added, true)}", Assert.Single(await ListAsync()).Value);
    }

    private static StoredSetting New(string kind, string name) => new(kind, name) { ChangedAt = Now };

    private async Task<IReadOnlyList<StoredSetting>> ListAsync() => await Settings.ListSettingsAsync(default);
}
