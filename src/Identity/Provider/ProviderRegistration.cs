using DataPortal.Kernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Provider;

internal static class ProviderRegistration
{
    public static void AddProvider(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<ProviderOptions>(configuration, ProviderOptions.Section);
        services.AddScoped<ProviderStore>();
        services.AddScoped<ProviderKeys>();
        services.AddScoped<ClientKey>();
        services.AddScoped<ProviderClients>();
        services.AddScoped<IKnownClients, FirstPartyClients>();
        services.AddScoped<IKnownClients, ConfiguredClients>();
        services.AddScoped<Interactions>();
        services.AddSingleton<InternalListener>();
        services.AddSingleton<BundledProvider>();
        services.AddSingleton<RunProvider>();
        services.AddHostedService(provider => provider.GetRequiredService<RunProvider>());
        services.AddHostedService<KeepProvider>();
    }
}
