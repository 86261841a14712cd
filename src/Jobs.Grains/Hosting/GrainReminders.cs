using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Jobs.Grains.Hosting;

/// <summary>Gives grains the reminder that brings them back.</summary>
internal sealed class GrainReminders(IServiceProvider services, GrainTimes times)
{
    /// <summary>
    /// The reminder of a grain; null on a silo without a reminder service. Then nothing but the keepers brings partitions and schedules back
    /// after a crash, which is enough while they can reach the store.
    /// </summary>
    internal WakeReminder? For(Grain grain) => services.GetService<IReminderTable>() is null ? null : new WakeReminder(grain, times.ReminderPeriod);
}
