using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Identity.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Provider;

internal enum InteractionKind
{
    Login,
    Consent,
}

/// <summary>What the provider waits for, as the sign-in pages see it.</summary>
internal sealed record PendingInteraction(
    string Uid,
    InteractionKind Kind,
    string ClientId,
    string ClientName,
    bool IsFirstParty,
    string? LoginHint,
    IReadOnlyList<string> AcrValues,
    string? UiLocales,
    string? Subject,
    IReadOnlyList<string> Scopes);

/// <summary>Somebody has proved who they are. <see cref="Amr"/> as in RFC 8176, <see cref="Acr"/> one of <see cref="Tokens.Acr"/>.</summary>
internal sealed record SignedIn(string Subject, IReadOnlyList<string> Amr, string Acr, DateTime At);

/// <summary>What a redeemed ticket tells the provider.</summary>
internal sealed record Decision(string? Subject, IReadOnlyList<string>? Amr, string? Acr, long? At, bool? Consented);

/// <summary>
/// The sign-in pages' side of the provider: what it waits for, and the way back. The way back is a ticket in the address: signed, for one
/// interaction, good for a minute and for one use. It works in no other browser than the one that began, whose cookie the provider asks for first.
/// </summary>
internal sealed class Interactions(ProviderStore store, ProviderClients clients, IDataProtectionProvider protection, IOptions<OidcOptions> oidc, TimeProvider clock)
{
    private const string TicketModel = "Ticket";
    private static readonly TimeSpan TicketLife = TimeSpan.FromSeconds(60);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("DataPortal.Identity.Provider.Tickets.v1").ToTimeLimitedDataProtector();

    private sealed record Ticket(string Id, string Uid, string? Subject, IReadOnlyList<string>? Amr, string? Acr, DateTime? At, bool? Consented);

    /// <summary>Null when it is unknown or over.</summary>
    public async Task<PendingInteraction?> FindAsync(string uid, CancellationToken ct)
    {
        if (await store.FindAsync(Models.Interaction, uid, ct) is not { } interaction
            || interaction["result"] is not null
            || interaction["exp"] is not JsonValue exp
            || DateTimeOffset.FromUnixTimeSeconds(exp.GetValue<long>()) <= clock.GetUtcNow()
            || interaction["params"] is not JsonObject asked
            || Text(asked, "client_id") is not { } clientId
            || await clients.FindAsync(clientId, ct) is not { } client)
        {
            return null;
        }

        return new PendingInteraction(
            uid,
            string.Equals(Text(interaction["prompt"] as JsonObject, "name"), "consent", StringComparison.Ordinal) ? InteractionKind.Consent : InteractionKind.Login,
            clientId,
            Text(client, "client_name") ?? clientId,
            FirstPartyClients.IsFirstParty(clientId),
            Text(asked, "login_hint"),
            Words(Text(asked, "acr_values")),
            Text(asked, "ui_locales"),
            Text(interaction["session"] as JsonObject, "accountId"),
            Words(Text(asked, "scope")));
    }

    /// <summary>Where to send the browser of somebody who has signed in.</summary>
    public Uri SignIn(string uid, SignedIn who) => Finish(new Ticket(NewId(), uid, who.Subject, who.Amr, who.Acr, who.At, null));

    public Uri Consent(string uid, bool granted) => Finish(new Ticket(NewId(), uid, null, null, null, null, granted));

    /// <summary>The client is told <c>access_denied</c>.</summary>
    public Uri Abort(string uid) => Consent(uid, granted: false);

    /// <summary>Uses the ticket up. Null when it is not good: forged, for another interaction, too old, used, or overtaken by a sign-out everywhere.</summary>
    public async Task<Decision?> RedeemAsync(string uid, string text, CancellationToken ct)
    {
        Ticket ticket;
        try
        {
            ticket = JsonSerializer.Deserialize<Ticket>(_protector.Unprotect(text))!;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }

        if (!string.Equals(ticket.Uid, uid, StringComparison.Ordinal) || !await store.OnceAsync(TicketModel, ticket.Id, TicketLife * 2, ct))
        {
            return null;
        }

        if (ticket.Subject is null)
        {
            return new Decision(null, null, null, null, ticket.Consented);
        }

        return await store.AcceptSignInAsync(ticket.Subject, ticket.At!.Value, ct) is { } at ? new Decision(ticket.Subject, ticket.Amr, ticket.Acr, at, null) : null;
    }

    private Uri Finish(Ticket ticket) =>
        new($"{oidc.Value.Authority.TrimEnd('/')}/interaction/{Uri.EscapeDataString(ticket.Uid)}/finish?ticket={Uri.EscapeDataString(_protector.Protect(JsonSerializer.Serialize(ticket), TicketLife))}");

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private static string? Text(JsonObject? from, string member) => from?[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string[] Words(string? text) => text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
