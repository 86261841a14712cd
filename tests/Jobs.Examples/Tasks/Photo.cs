namespace Jobs.Examples.Tasks;

public sealed record Photo(string Name, int Width, int Height);
