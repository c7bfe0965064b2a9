using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Evaluation;

/// <summary>Evaluation mode's first step: demo accounts, their secrets, and the bundled OpenID provider running beside the portal.</summary>
internal sealed class PrepareIdentity(RunMode mode, BundledProvider provider, IOptions<OidcOptions> oidc) : IEvaluationSetup
{
    private const int AccessTokenSeconds = 600;
    private const int SecretBytes = 32;

    public int Order => 100;

    public async Task PrepareAsync(EvaluationContext context, CancellationToken ct)
    {
        if (!mode.IsEvaluation)
        {
            throw new InvalidOperationException("Demo accounts and their provider exist in evaluation mode only.");
        }

        await ActivatorUtilities.CreateInstance<DemoAccounts>(context.Services).SeedAsync(ct);

        // Secrets and projects of an earlier start are kept: whoever noted a secret can go on using it.
        var issuer = Text(context.ProviderUrl);
        var before = await DemoFile.ReadAsync(context.Directory, ct);
        var demo = new DemoFile(
            Text(context.Url),
            issuer,
            [.. DemoAccounts.All.Select(a => new DemoFile.DemoAccount(
                a.Name, DemoAccounts.Email(a.Name), null, null, a.Roles, before?.Accounts.FirstOrDefault(b => b.Name == a.Name)?.Projects ?? []))],
            [.. DemoAccounts.All.Select(a => before?.Clients.FirstOrDefault(b => b.Name == a.Name) ?? new DemoFile.DemoClient(
                a.Name, DemoAccounts.ClientId(a.Name), Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(SecretBytes))))]);
        await demo.WriteAsync(context.Directory, ct);

        var key = await SigningKey.ReadOrCreateAsync(context.Directory, ct);
        var keyId = key["kid"]!.GetValue<string>();
        var configuration = new JsonObject
        {
            ["issuer"] = issuer,
            ["port"] = context.ProviderUrl.Port,
            ["resource"] = oidc.Value.Audience,
            ["scope"] = oidc.Value.Scope,
            ["accessTokenSeconds"] = AccessTokenSeconds,
            ["jwks"] = new JsonObject { ["keys"] = new JsonArray(key) },
            ["clients"] = new JsonArray([.. demo.Clients.Select(c => new JsonObject { ["client_id"] = c.ClientId, ["client_secret"] = c.ClientSecret })]),
        };
        var path = Path.GetFullPath(Path.Combine(context.Directory, "openid-provider.json"));
        await PrivateFile.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(configuration), ct);
        await provider.StartAsync(path, context.ProviderUrl, keyId, ct);
    }

    private static string Text(Uri url) => url.AbsoluteUri.TrimEnd('/');
}
