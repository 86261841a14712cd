namespace Jobs;

/// <summary>The base of every error that this library raises on purpose; the message ends with the remedy.</summary>
public abstract class JobsException : Exception
{
    private protected JobsException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
