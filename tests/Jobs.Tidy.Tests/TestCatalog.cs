using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Jobs.Tidy.Tests;

/// <summary>
/// The tests that the sources hold: classes with their facts and theories, which of them are suites that run, and which classes inherit
/// from which. It reads the sources and not the assemblies, because no project may reference all suites (some need Orleans).
/// </summary>
internal sealed partial class TestCatalog
{
    private readonly Dictionary<string, TestClass> _classes = new(StringComparer.Ordinal);

    private TestCatalog()
    {
    }

    internal static TestCatalog OfRepository { get; } = Read();

    /// <summary>Why a test that is named, as <c>Class</c> or <c>Class.Method</c>, is not one that runs; null if it is.</summary>
    internal string? Problem(string name)
    {
        var parts = name.Split('.');
        if (parts.Length > 2) return $"{name} is neither Class nor Class.Method";
        if (!_classes.TryGetValue(parts[0], out var named)) return $"there is no class {parts[0]} in the sources of the tests";
        var line = Ancestry(named).ToList();
        if (parts.Length == 2)
        {
            if (!line.Exists(c => c.Tests.Contains(parts[1])))
                return line.Exists(c => c.Skipped.Contains(parts[1])) ? $"{name} is skipped" : $"{parts[0]} has no test {parts[1]}";
        }
        else if (line.TrueForAll(c => c.Tests.Count == 0))
        {
            return $"{name} has no test";
        }

        return _classes.Values.Any(c => c.IsRun && Ancestry(c).Contains(named)) ? null : $"no suite runs {parts[0]}";
    }

    private static TestCatalog Read()
    {
        var catalog = new TestCatalog();
        foreach (var file in Repository.Files("*.cs", "tests")) catalog.Add(File.ReadAllLines(file), IsSuite(file));
        return catalog;
    }

    private static bool IsSuite(string file)
    {
        for (var folder = Path.GetDirectoryName(file); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.EnumerateFiles(folder, "*.csproj").FirstOrDefault() is not { } project) continue;
            var xml = XDocument.Load(project);
            return xml.Descendants("OutputType").Any(e => e.Value == "Exe")
                && xml.Descendants("PackageReference").Any(e => (string?)e.Attribute("Include") == "xunit.v3");
        }

        return false;
    }

    private void Add(string[] lines, bool inSuite)
    {
        TestClass? current = null;
        var pending = Attributes.None;
        foreach (var line in lines)
        {
            if (ClassLine().Match(line) is { Success: true } declared)
            {
                var isRun = inSuite && !declared.Groups["modifiers"].Value.Contains("abstract", StringComparison.Ordinal);
                current = new TestClass(declared.Groups["base"].Value, isRun);
                if (declared.Groups["modifiers"].Value.Contains("partial", StringComparison.Ordinal)) current.Join(_classes, declared.Groups["name"].Value);
                _classes[declared.Groups["name"].Value] = current;
            }
            else if (TestLine().IsMatch(line))
            {
                pending = line.Contains("Skip", StringComparison.Ordinal) ? Attributes.Skipped : Attributes.Test;
            }
            else if (pending is not Attributes.None && MethodLine().Match(line) is { Success: true } method)
            {
                (pending is Attributes.Test ? current?.Tests : current?.Skipped)?.Add(method.Groups["name"].Value);
                pending = Attributes.None;
            }
        }
    }

    private IEnumerable<TestClass> Ancestry(TestClass of)
    {
        for (TestClass? c = of; c is not null; c = _classes.GetValueOrDefault(c.Base)) yield return c;
    }

    [GeneratedRegex(@"^(?:public|internal) (?<modifiers>(?:(?:abstract|sealed|partial) )*)class (?<name>\w+)(?:\([^)]*\))?(?: : (?<base>\w+))?")]
    private static partial Regex ClassLine();

    [GeneratedRegex(@"^    \[(?:Fact|Theory)\b")]
    private static partial Regex TestLine();

    [GeneratedRegex(@"^    public (?:[\w<>\[\]?.]+ )+(?<name>\w+)\(")]
    private static partial Regex MethodLine();

    private enum Attributes
    {
        None,
        Test,
        Skipped,
    }

    private sealed class TestClass(string @base, bool isRun)
    {
        internal string Base { get; private set; } = @base;

        /// <summary>Whether xunit makes objects of it: a class of a suite that is not abstract.</summary>
        internal bool IsRun { get; } = isRun;

        internal HashSet<string> Tests { get; } = new(StringComparer.Ordinal);

        internal HashSet<string> Skipped { get; } = new(StringComparer.Ordinal);

        /// <summary>Takes in the parts of the class that were read before. A part that names no base leaves it to the others.</summary>
        internal void Join(Dictionary<string, TestClass> read, string name)
        {
            if (!read.TryGetValue(name, out var others)) return;
            Tests.UnionWith(others.Tests);
            Skipped.UnionWith(others.Skipped);
            if (Base.Length == 0) Base = others.Base;
        }
    }
}
