using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Provider;

/// <summary>
/// The bundled provider's keys, made here and encrypted at rest. A new key is published for <see cref="ProviderOptions.KeyAhead"/> before it signs,
/// and an old one for <see cref="ProviderOptions.KeyKept"/> after it has stopped: longer than anything it signed is good for.
/// </summary>
internal sealed class ProviderKeys(PortalDb db, IDataProtectionProvider protection, IOptions<ProviderOptions> options, TimeProvider clock)
{
    private const int SecretBytes = 32;

    private readonly IDataProtector _protector = protection.CreateProtector("DataPortal.Identity.Provider.Keys.v1");

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>What is in use: the one that signs first, then what is published besides. The first key is made here.</summary>
    public async Task<IReadOnlyList<string>> InUseAsync(KeyPurpose purpose, CancellationToken ct)
    {
        var keys = await ReadAsync(purpose, ct);
        if (keys.Count == 0)
        {
            await AddAsync(purpose, 1, Now, ct);
            keys = await ReadAsync(purpose, ct);
        }

        var now = Now;
        var signer = keys.LastOrDefault(k => k.SignsFrom <= now) ?? keys[0];
        var published = keys.Where((k, i) => k != signer && (i + 1 == keys.Count || keys[i + 1].SignsFrom + options.Value.KeyKept > now));
        return [.. published.Prepend(signer).Select(k => _protector.Unprotect(k.Secret))];
    }

    /// <summary>Makes the next key. Called on several nodes at once it makes one.</summary>
    public async Task RotateAsync(KeyPurpose purpose, CancellationToken ct)
    {
        var newest = await NewestAsync(purpose, ct);
        await AddAsync(purpose, (newest?.Generation ?? 0) + 1, newest is null ? Now : Now + options.Value.KeyAhead, ct);
    }

    /// <summary>Rotates what is due, and forgets what is not published any more.</summary>
    public async Task KeepUpAsync(CancellationToken ct)
    {
        foreach (var purpose in (KeyPurpose[])[KeyPurpose.Token, KeyPurpose.Cookie])
        {
            if (await NewestAsync(purpose, ct) is not { } newest || newest.SignsFrom + options.Value.KeyLife <= Now)
            {
                await RotateAsync(purpose, ct);
            }

            var keys = await ReadAsync(purpose, ct);
            var over = keys.Where((k, i) => i + 1 < keys.Count && keys[i + 1].SignsFrom + options.Value.KeyKept <= Now).Select(k => k.Id).ToList();
            if (over.Count > 0)
            {
                await db.Set<ProviderKey>().Where(k => over.Contains(k.Id)).ExecuteDeleteAsync(ct);
            }
        }
    }

    private Task<List<ProviderKey>> ReadAsync(KeyPurpose purpose, CancellationToken ct) =>
        db.Set<ProviderKey>().AsNoTracking().Where(k => k.Purpose == purpose).OrderBy(k => k.Generation).ToListAsync(ct);

    private Task<ProviderKey?> NewestAsync(KeyPurpose purpose, CancellationToken ct) =>
        db.Set<ProviderKey>().AsNoTracking().Where(k => k.Purpose == purpose).OrderByDescending(k => k.Generation).FirstOrDefaultAsync(ct);

    private async Task AddAsync(KeyPurpose purpose, int generation, DateTime signsFrom, CancellationToken ct)
    {
        var (id, secret) = purpose == KeyPurpose.Cookie ? NewSecret() : NewSigningKey();
        var key = new ProviderKey
        {
            Id = id,
            Purpose = purpose,
            Generation = generation,
            Secret = _protector.Protect(secret),
            CreatedAt = Now,
            SignsFrom = signsFrom,
        };
        db.Add(key);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another node made this generation at the same moment; its key is as good.
        }
        finally
        {
            db.Entry(key).State = EntityState.Detached;
        }
    }

    private static (string Id, string Secret) NewSecret() =>
        (Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(SecretBytes)), Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(SecretBytes)));

    private static (string Id, string Secret) NewSigningKey()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = ecdsa.ExportParameters(includePrivateParameters: true);
        var jwk = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64UrlEncoder.Encode(parameters.Q.X!),
            ["y"] = Base64UrlEncoder.Encode(parameters.Q.Y!),
            ["d"] = Base64UrlEncoder.Encode(parameters.D!),
            ["alg"] = "ES256",
            ["use"] = "sig",
        };
        var kid = Base64UrlEncoder.Encode(JsonWebKey.Create(jwk.ToJsonString()).ComputeJwkThumbprint());
        jwk["kid"] = kid;
        return (kid, JsonSerializer.Serialize(jwk));
    }
}

/// <summary>The key by which the portal's own pages prove to the bundled provider who they are. Made once; every node has the same.</summary>
internal sealed class ClientKey(ProviderKeys keys)
{
    /// <summary>The private key, ES256, with its <c>kid</c>.</summary>
    public async Task<JsonWebKey> GetAsync(CancellationToken ct) => JsonWebKey.Create((await keys.InUseAsync(KeyPurpose.Client, ct))[0]);

    /// <summary>What the provider is told of it.</summary>
    public async Task<JsonObject> GetPublicAsync(CancellationToken ct)
    {
        var key = JsonNode.Parse((await keys.InUseAsync(KeyPurpose.Client, ct))[0])!.AsObject();
        key.Remove("d");
        return key;
    }
}
