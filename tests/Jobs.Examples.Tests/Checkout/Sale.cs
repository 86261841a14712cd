namespace Jobs.Examples.Tests.Checkout;

public sealed record Sale(string Article, int Pieces);
