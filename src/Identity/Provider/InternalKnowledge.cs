using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Provider;

/// <summary>The routes of the internal interface by which the provider asks what only the portal knows: settings and keys, clients, accounts, and what a ticket says.</summary>
internal static class InternalKnowledge
{
    public sealed record Known(string? Version);

    /// <summary><see cref="Keys"/> and <see cref="CookieKeys"/>: the one that signs first. <see cref="Portal"/>: where people sign in.</summary>
    public sealed record Settings(
        string Resource,
        string Scope,
        string? Portal,
        IReadOnlyList<string> AcrValues,
        int AccessTokenSeconds,
        int SessionSeconds,
        int CommandLineSeconds,
        IReadOnlyList<JsonNode> Keys,
        IReadOnlyList<string> CookieKeys);

    public sealed record Versioned(string Version, Settings Settings);

    public sealed record Named(string Id);

    public sealed record FoundClient(JsonObject? Metadata);

    public sealed record Claims(string Sub, string Name, string Email, bool EmailVerified);

    public sealed record FoundAccount(Claims? Claims);

    public sealed record Ticket(string Uid, string Text);

    public sealed record Redeemed(Decision? Decision);

    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapPost("/settings", SettingsAsync);
        routes.MapPost("/client", ClientAsync);
        routes.MapPost("/account", AccountAsync);
        routes.MapPost("/ticket", TicketAsync);
    }

    /// <summary>Asked every few seconds: 204 when nothing has changed.</summary>
    private static async Task<Results<Ok<Versioned>, NoContent>> SettingsAsync(
        Known request, [FromServices] ProviderKeys keys, [FromServices] IOptions<ProviderOptions> options, [FromServices] IOptions<OidcOptions> oidc, CancellationToken ct)
    {
        var provider = options.Value;
        var settings = new Settings(
            oidc.Value.Audience,
            oidc.Value.Scope,
            provider.Portal,
            [Acr.Password, Acr.SecondFactor],
            (int)provider.AccessTokenLife.TotalSeconds,
            (int)provider.SessionLife.TotalSeconds,
            (int)provider.CommandLineLife.TotalSeconds,
            [.. (await keys.InUseAsync(KeyPurpose.Token, ct)).Select(k => JsonNode.Parse(k)!)],
            await keys.InUseAsync(KeyPurpose.Cookie, ct));
        var version = Base64UrlEncoder.Encode(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(settings)));
        return string.Equals(version, request.Version, StringComparison.Ordinal) ? TypedResults.NoContent() : TypedResults.Ok(new Versioned(version, settings));
    }

    private static async Task<Ok<FoundClient>> ClientAsync(Named request, [FromServices] ProviderClients clients, CancellationToken ct) =>
        TypedResults.Ok(new FoundClient(await clients.FindAsync(request.Id, ct)));

    /// <summary>Nothing for an account that is disabled: its refresh tokens end at their next use.</summary>
    private static async Task<Ok<FoundAccount>> AccountAsync(Named request, [FromServices] PortalDb db, [FromServices] RunMode mode, CancellationToken ct)
    {
        var account = await db.Set<Account>().AsNoTracking().SingleOrDefaultAsync(a => a.Subject == request.Id, ct);
        // An address is an account's only once it was verified by invitation, or vouched for by the operator.
        return TypedResults.Ok(new FoundAccount(account is null || account.IsDisabled || (account.IsDemo && !mode.IsEvaluation)
            ? null
            : new Claims(account.Subject, account.Name, account.Email, EmailVerified: true)));
    }

    private static async Task<Ok<Redeemed>> TicketAsync(Ticket request, [FromServices] Interactions interactions, CancellationToken ct) =>
        TypedResults.Ok(new Redeemed(await interactions.RedeemAsync(request.Uid, request.Text, ct)));
}
