namespace Jobs.Grains.Placement;

/// <summary>
/// Which member has which part of something that is divided: no member has two parts more than another one, everybody who knows the members
/// finds the same, and most parts stay where they are when a member joins or leaves.
/// </summary>
internal static class EvenSpread
{
    /// <summary>The index of each part's member.</summary>
    /// <param name="seed">Spreads the parts of different things differently.</param>
    /// <param name="parts">How many parts there are.</param>
    /// <param name="members">What identifies each member; at least one, in one order for everybody.</param>
    internal static int[] Assign(uint seed, int parts, IReadOnlyList<uint> members)
    {
        var pairs = new (ulong Score, int Part, int Member)[parts * members.Count];
        for (var i = 0; i < pairs.Length; i++)
        {
            var (part, member) = (i / members.Count, i % members.Count);
            pairs[i] = (Score(seed, part, members[member]), part, member);
        }

        // The pairs that fit best first, as far as there is room: a pair depends on nobody else, so a new member disturbs few of them.
        Array.Sort(pairs, static (a, b) => b.CompareTo(a));
        var (each, more) = (parts / members.Count, parts % members.Count);
        var places = new int[parts];
        var taken = new int[members.Count];
        Array.Fill(places, -1);
        foreach (var (_, part, member) in pairs)
        {
            if (places[part] >= 0 || taken[member] > each || (taken[member] == each && more == 0)) continue;
            if (taken[member]++ == each) more--;
            places[part] = member;
        }

        return places;
    }

    private static ulong Score(uint seed, int part, uint member) => Mix(Mix(((ulong)seed << 32) | (uint)part) ^ (member * 0x9E3779B97F4A7C15UL));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
