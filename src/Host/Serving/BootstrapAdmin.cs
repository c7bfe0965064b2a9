using System.CommandLine;
using DataPortal.Kernel;

namespace DataPortal.Host.Serving;

/// <summary><c>bootstrap-admin --config FILE --email …</c>: makes the first administrator, once.</summary>
internal static class BootstrapAdmin
{
    public static Command Command()
    {
        var config = ConfigurationFile.Option();
        var email = new Option<string>("--email") { Description = "E-mail address of the administrator.", Required = true };
        var subject = new Option<string?>("--subject") { Description = "Their subject (sub) at the OpenID provider, if it is not the portal's own." };
        var command = new Command("bootstrap-admin", "Makes the first administrator; refused once there is one.") { config, email, subject };
        command.SetAction((arguments, ct) => Failure.ReportAsync(() =>
            RunAsync(arguments.GetRequiredValue(config), arguments.GetRequiredValue(email), arguments.GetValue(subject), ct)));
        return command;
    }

    private static async Task RunAsync(FileInfo config, string email, string? subject, CancellationToken ct)
    {
        await using var app = ConfigurationFile.Build(config);
        await Serve.RequireMigratedAsync(app.Services, ct);
        await Serve.RequireSoundAsync(app.Services, ct);
        await using var scope = app.Services.CreateAsyncScope();
        var administrators = scope.ServiceProvider.GetRequiredService<IFirstAdministrator>();
        var first = await administrators.CreateAsync(email, subject, ct);
        if (first.Refusal is { } refusal)
        {
            throw new Failure(refusal.Code, refusal.Message, refusal.Status == StatusCodes.Status409Conflict ? 5 : 2);
        }

        Console.WriteLine($"{email} is the first administrator.");
        if (first.Invitation is { } link)
        {
            Console.WriteLine($"They choose a password here, once and within seven days: {link}");
        }
    }
}
