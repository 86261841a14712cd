namespace Jobs.Examples.Queue;

public sealed record PlaceOrder(string Article, int Pieces);
