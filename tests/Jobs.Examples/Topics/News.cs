namespace Jobs.Examples.Topics;

public sealed record News(string Headline);
