using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Provider;

internal enum InteractionKind
{
    Login,
    Consent,
}

/// <summary>What the provider waits for, as the sign-in pages see it.</summary>
internal sealed record PendingInteraction(
    string Uid, InteractionKind Kind, string ClientId, string ClientName, bool IsFirstParty, string? LoginHint, IReadOnlyList<string> AcrValues, string? UiLocales, string? Subject,
    IReadOnlyList<string> Scopes);

internal sealed record SignedIn(string Subject, IReadOnlyList<string> Amr, string Acr, DateTime At);

internal sealed class Interactions(IOptions<Tokens.OidcOptions> oidc)
{
    public static ConcurrentDictionary<string, PendingInteraction> Pending { get; } = new(StringComparer.Ordinal);

    public static ConcurrentDictionary<string, SignedIn> Done { get; } = new(StringComparer.Ordinal);

    public Task<PendingInteraction?> FindAsync(string uid, CancellationToken ct) => Task.FromResult(Pending.GetValueOrDefault(uid));

    public Uri SignIn(string uid, SignedIn who)
    {
        Done[uid] = who;
        return Finish(uid, "in");
    }

    public Uri Consent(string uid, bool granted) => Finish(uid, granted ? "granted" : "refused");

    public Uri Abort(string uid) => Finish(uid, "abort");

    private Uri Finish(string uid, string how) => new($"{oidc.Value.Authority.TrimEnd('/')}/interaction/{uid}/finish?ticket={how}");
}

internal sealed class ProviderStore
{
    public Task RevokeAccountAsync(string subject, CancellationToken ct) => Task.CompletedTask;
}
