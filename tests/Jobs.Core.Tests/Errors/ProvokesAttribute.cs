namespace Jobs.Core.Tests.Errors;

/// <summary>Says which typed error a test provokes; <see cref="ErrorCoverageTests"/> looks for one for each of them.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProvokesAttribute(Type error) : Attribute
{
    internal Type Error { get; } = error;
}
