using System.Security.Cryptography;
using DataPortal.Access.Contracts;
using Microsoft.AspNetCore.DataProtection;

namespace DataPortal.Access.Projects;

/// <summary>Projects' pseudonym keys. The database holds them encrypted: a copy of it alone tells no case's name.</summary>
internal sealed class ProjectKeys(IDataProtectionProvider protection)
{
    // Part of what is encrypted: another purpose could not decrypt existing keys.
    private readonly IDataProtector _protector = protection.CreateProtector("DataPortal.Access.ProjectKey.v1");

    /// <summary>A new key, encrypted.</summary>
    public byte[] Create()
    {
        var key = RandomNumberGenerator.GetBytes(Pseudonyms.KeyLength);
        try
        {
            return _protector.Protect(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <exception cref="CryptographicException">The key was encrypted under a ring that this portal does not have.</exception>
    public Pseudonyms Open(byte[] protectedKey)
    {
        var key = _protector.Unprotect(protectedKey);
        try
        {
            return new Pseudonyms(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
