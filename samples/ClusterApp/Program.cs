using ClusterApp;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(AppSettings.Usage);
    return 0;
}

try
{
    var settings = AppSettings.Parse(args);
    await (settings.IsSilo ? SiloProcess.RunAsync(settings) : CallerProcess.RunAsync(settings));
    return 0;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n{AppSettings.Usage}");
    return 2;
}
