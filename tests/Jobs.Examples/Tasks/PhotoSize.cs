namespace Jobs.Examples.Tasks;

public sealed record PhotoSize(int Pixels);
