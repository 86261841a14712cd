using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>What every listener of a process shares.</summary>
/// <param name="Services">Where the scopes of messages come from.</param>
/// <param name="Clock">The time.</param>
/// <param name="Log">Where errors are told.</param>
/// <param name="MaxErrorChars">How much of an error's text is kept.</param>
/// <param name="StopTime">How long handlers have to react after they were told to stop.</param>
internal sealed record ListenerEnvironment(IServiceProvider Services, TimeProvider Clock, ILogger Log, int MaxErrorChars, TimeSpan StopTime)
{
    internal static ListenerEnvironment Of(EngineSettings settings) =>
        new(settings.Services, settings.Clock, settings.Log, settings.Limits.MaxErrorChars, settings.StopTime);
}
