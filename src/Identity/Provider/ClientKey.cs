using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Provider;

internal sealed class ClientKey
{
    private readonly SecurityKey _key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "portal" };

    public Task<SecurityKey> GetAsync(CancellationToken ct) => Task.FromResult(_key);
}
