using Jobs;
using Jobs.Silo;

if (args.Any(a => a is "--help" or "-h"))
{
    Console.WriteLine(SiloProgram.Usage);
    return 0;
}

var isMigration = args is ["migrate", ..];
var said = isMigration ? args[1..] : args;
try
{
    // The program's own folder and not the current one holds its file, so that it can be started from anywhere.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
    builder.Configuration.AddCommandLine(said, SiloSettings.Arguments);
    var settings = SiloSettings.From(builder.Configuration);
    if (isMigration) return await SiloProgram.MigrateAsync(settings, Console.Out);
    await using var application = SiloProgram.Build(builder, settings);
    await application.StartAsync();
    Console.WriteLine($"The silo serves clients at {settings.Address}:{settings.GatewayPort}, health at {string.Join(' ', application.Urls)}.");
    await application.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is FormatException or InvalidJobOptionException)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(SiloProgram.Usage);
    return 2;
}
