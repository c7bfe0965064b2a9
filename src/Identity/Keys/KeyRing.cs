using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Keys;

/// <summary>
/// The data-protection ring: in the database, shared by all nodes, encrypted under a certificate (ADR 0008). The framework's default is a
/// folder of the user's, or memory: what was protected by one process would be lost to the next. Old keys are kept for good.
/// </summary>
internal static class KeyRing
{
    public static void AddKeyRing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<KeyOptions>(configuration, KeyOptions.Section);
        services.AddSingleton<RingCertificates>();
        services.AddSingleton<StoredKeys>();
        services.AddScoped<IStartCheck, CheckRing>();
        // Without a fixed name the path of the installation takes part, and an update into another folder loses everything.
        services.AddDataProtection().SetApplicationName("DataPortal");
        services.AddOptions<KeyManagementOptions>().Configure<StoredKeys, RingCertificates>((keys, stored, certificates) =>
        {
            keys.XmlRepository = stored;
            keys.XmlEncryptor = certificates.Encryptor;
        });
    }
}
