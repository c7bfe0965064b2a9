using System.CommandLine;
using DataPortal.Kernel;

namespace DataPortal.Host.Serving;

/// <summary>The configuration file of a production installation.</summary>
internal static class ConfigurationFile
{
    /// <summary>Secrets may come from the environment instead of the file: <c>DATAPORTAL_Database__ConnectionString</c>.</summary>
    private const string EnvironmentPrefix = "DATAPORTAL_";

    public static Option<FileInfo> Option() => new("--config") { Description = "Configuration file (JSON); docs/operations.md lists its keys.", Required = true };

    /// <exception cref="Failure">The file cannot be read, or holds mistakes: all of them are listed.</exception>
    public static WebApplication Build(FileInfo file)
    {
        var app = PortalApplication.Build(Read(file), new RunMode(IsEvaluation: false));
        var mistakes = app.Services.GetRequiredService<ConfigurationSections>().Mistakes(app.Services);
        return mistakes.Count == 0
            ? app
            : throw Failure.BadInput("configuration_invalid", $"{file.FullName} has {mistakes.Count} mistake(s):{Environment.NewLine}  - " + string.Join($"{Environment.NewLine}  - ", mistakes));
    }

    private static IConfiguration Read(FileInfo file)
    {
        if (!file.Exists)
        {
            throw Failure.BadInput("configuration_missing", $"There is no file {file.FullName}.");
        }

        IConfiguration configuration;
        try
        {
            configuration = new ConfigurationBuilder().AddJsonFile(file.FullName, optional: false).AddEnvironmentVariables(EnvironmentPrefix).Build();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw Failure.BadInput("configuration_unreadable", $"{file.FullName} is not JSON: {e.InnerException?.Message ?? e.Message}");
        }

        return configuration.GetSection("Evaluation").Exists()
            ? throw Failure.BadInput("evaluation_in_production", $"{file.FullName} has a section Evaluation. Evaluation mode has demo accounts with published secrets; it is started by `portal up` only, and never from a configuration file.")
            : configuration;
    }
}
