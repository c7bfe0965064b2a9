using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace DataPortal.Identity.Tokens;

/// <summary>
/// The authority's discovery document and keys. The framework's manager fetches them now and then; what it does not do is to fetch them while a
/// request waits, and so the first tokens under a new key would be refused.
/// </summary>
internal sealed class AuthorityMetadata(
    IOptions<OidcOptions> oidc, IHttpClientFactory http, [FromKeyedServices(AuthorityMetadata.Fetches)] RateLimiter fetches, ILogger<AuthorityMetadata> log)
    : IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    /// <summary>The key of the limiter that <see cref="LimitFetches"/> makes.</summary>
    public const string Fetches = "fetches of the authority's keys";

    /// <summary>
    /// Several rotations in a row get through at once. Made-up key names do not become a flood on the provider; and since whoever makes them up has the
    /// keys fetched as soon as that is allowed again, they do not hide a rotation for longer than that either.
    /// </summary>
    public const int FetchesAtOnce = 5;

    public static readonly TimeSpan OneMoreEvery = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);
    private ConfigurationManager<OpenIdConnectConfiguration>? _manager;

    public static RateLimiter LimitFetches() => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
    {
        TokenLimit = FetchesAtOnce, TokensPerPeriod = 1, ReplenishmentPeriod = OneMoreEvery, QueueLimit = 0, AutoReplenishment = true,
    });

    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) => Manager.GetConfigurationAsync(cancel);

    /// <summary>The handler asks for this after it has refused a token; by then <see cref="RequireKeyAsync"/> has done it.</summary>
    public void RequestRefresh()
    {
    }

    private ConfigurationManager<OpenIdConnectConfiguration> Manager
    {
        get
        {
            if (Volatile.Read(ref _manager) is { } manager)
            {
                return manager;
            }

            var made = Create();
            return Interlocked.CompareExchange(ref _manager, made, null) ?? made;
        }
    }

    /// <summary>Sees to it that a key which the authority publishes by now is known here too.</summary>
    /// <exception cref="InvalidOperationException">The authority's metadata has never been read, and cannot be.</exception>
    public async Task RequireKeyAsync(string kid, CancellationToken ct)
    {
        if (await IsKnownAsync(kid, ct))
        {
            return;
        }

        await _one.WaitAsync(ct);
        try
        {
            // Whoever waited here finds what the one before them fetched.
            if (await IsKnownAsync(kid, ct))
            {
                return;
            }

            using var lease = fetches.AttemptAcquire();
            if (lease.IsAcquired)
            {
                var fresh = Create();
                await fresh.GetConfigurationAsync(ct);
                Volatile.Write(ref _manager, fresh);
            }
        }
        catch (InvalidOperationException e)
        {
            log.KeysNotFetched(e);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> IsKnownAsync(string kid, CancellationToken ct) =>
        (await GetConfigurationAsync(ct)).SigningKeys.Any(key => string.Equals(key.KeyId, kid, StringComparison.Ordinal));

    private ConfigurationManager<OpenIdConnectConfiguration> Create() => new(
        oidc.Value.Authority.TrimEnd('/') + "/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever(http.CreateClient(AccessTokens.HttpClient)) { RequireHttps = !new Uri(oidc.Value.Authority).IsLoopback })
    {
        AutomaticRefreshInterval = TimeSpan.FromMinutes(15),
        // A key that the provider has taken back is not good any more.
        UseLastKnownGoodConfiguration = false,
    };
}
