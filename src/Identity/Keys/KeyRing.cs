using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Keys;

/// <summary>
/// The data-protection ring in the data folder. The framework's default is a folder of the user's, or memory: what was protected by
/// one process (projects' pseudonym keys) would be lost to the next. Old keys are kept for good.
/// </summary>
internal static class KeyRing
{
    public static void AddKeyRing(this IServiceCollection services)
    {
        // Without a fixed name the path of the installation takes part, and an update into another folder loses everything.
        services.AddDataProtection().SetApplicationName("DataPortal");
        services.AddOptions<KeyManagementOptions>().Configure<IOptions<DataDirectory>, ILoggerFactory>((keys, data, log) =>
            keys.XmlRepository = new FileSystemXmlRepository(PrivateFolder(Path.Combine(data.Value.Keys, "ring")), log));
    }

    private static DirectoryInfo PrivateFolder(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
