using DataPortal.Identity.Pages;
using DataPortal.Identity.People;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Credentials;

/// <summary>ASP.NET Core Identity, with the portal's own store, policy and counting of attempts in place of its defaults.</summary>
internal static class CredentialRegistration
{
    public static void AddCredentials(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<SignInOptions>(configuration, SignInOptions.Section);
        services.AddIdentityCore<Credential>().AddUserStore<CredentialStore>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = NormalisingHasher.Iterations);
        services.AddSingleton<NormalisingHasher>();
        services.AddScoped<IPasswordHasher<Credential>>(provider => provider.GetRequiredService<NormalisingHasher>());
        services.AddScoped<IPasskeyHandler<Credential>, PasskeyHandler<Credential>>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<PortalAddress>((passkeys, portal) =>
        {
            passkeys.ServerDomain = portal.Url.Host;
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required";
            passkeys.ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && string.Equals(context.Origin, portal.Origin, StringComparison.Ordinal));
        });
        services.AddScoped<SignInAttempts>();
        services.AddScoped<PasswordCheck>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<SecondFactor>();
        services.AddScoped<Passkeys>();
        services.AddScoped<AccountMails>();
        services.AddScoped<Invitations>();
        services.AddScoped<Intervention>();
        services.AddScoped<SigningIn>();
        services.AddScoped<OwnAccount>();
        services.AddHostedService<ForgetOldAttempts>();
        services.AddPages();
    }
}
