using DataPortal.Identity.Provider;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Tokens;

/// <summary>Ready when tokens can be checked: the provider's keys are known, and the bundled provider, where it was started, runs.</summary>
internal sealed class OpenIdHealth(IOptionsMonitor<JwtBearerOptions> bearer, BundledProvider bundled) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (bundled.IsRunning == false)
        {
            return HealthCheckResult.Unhealthy("The bundled OpenID provider is not running.");
        }

        try
        {
            await bearer.Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager!.GetConfigurationAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("The OpenID provider's discovery document and keys could not be read.");
        }
    }
}
