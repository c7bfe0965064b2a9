using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Provider;
using DataPortal.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Evaluation;

/// <summary>Evaluation mode's first step: demo accounts, their secrets, and the bundled OpenID provider running beside the portal.</summary>
internal sealed class PrepareIdentity(RunMode mode, RunProvider provider) : IEvaluationSetup
{
    private const int SecretBytes = 32;

    /// <summary>16 characters: long enough, and can be typed.</summary>
    private const int PasswordBytes = 12;

    public int Order => 100;

    public async Task PrepareAsync(EvaluationContext context, CancellationToken ct)
    {
        if (!mode.IsEvaluation)
        {
            throw new InvalidOperationException("Demo accounts and their provider exist in evaluation mode only.");
        }

        var accounts = ActivatorUtilities.CreateInstance<DemoAccounts>(context.Services);
        await accounts.SeedAsync(ct);

        // Secrets and projects of an earlier start are kept: whoever noted a secret can go on using it.
        var issuer = Text(context.ProviderUrl);
        var before = await DemoFile.ReadAsync(context.Directory, ct);
        DemoFile.DemoAccount? Before(string name) => before?.Accounts.FirstOrDefault(b => b.Name == name);
        var demo = new DemoFile(
            Text(context.Url),
            issuer,
            [.. DemoAccounts.All.Select(a => new DemoFile.DemoAccount(
                a.Name,
                DemoAccounts.Email(a.Name),
                Before(a.Name)?.Password ?? Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(PasswordBytes)),
                Before(a.Name)?.TotpSecret ?? Totp.NewKey(),
                a.Roles,
                Before(a.Name)?.Projects ?? []))],
            [.. DemoAccounts.All.Select(a => before?.Clients.FirstOrDefault(b => b.Name == a.Name) ?? new DemoFile.DemoClient(
                a.Name, DemoAccounts.ClientId(a.Name), Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(SecretBytes))))]);
        foreach (var account in demo.Accounts)
        {
            await accounts.LetSignInAsync(account.Name, account.Password!, account.TotpSecret!, isNew: Before(account.Name) is not { Password: not null, TotpSecret: not null }, ct);
        }

        await demo.WriteAsync(context.Directory, ct);

        var clients = new JsonArray([.. demo.Clients.Select(c => new JsonObject { ["client_id"] = c.ClientId, ["client_secret"] = c.ClientSecret })]);
        await provider.RunAsync(IPAddress.Loopback.ToString(), context.ProviderUrl.Port, clients, Path.GetFullPath(Path.Combine(context.Directory, "openid-provider.json")), ct);
    }

    private static string Text(Uri url) => url.AbsoluteUri.TrimEnd('/');
}
