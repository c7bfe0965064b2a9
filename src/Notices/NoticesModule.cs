using DataPortal.Kernel;
using DataPortal.Notices.Contracts;
using DataPortal.Notices.Mails;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Notices;

public static class NoticesModule
{
    public static IServiceCollection AddNotices(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<MailOptions>(configuration, MailOptions.Section);
        services.AddPortalEntities(typeof(NoticesModule).Assembly);
        services.AddScoped<IMailbox, Outbox>();
        services.AddSingleton<MailSeal>();
        services.AddSingleton<Courier>();
        services.AddSingleton<SendMails>().AddHostedService(provider => provider.GetRequiredService<SendMails>());
        return services;
    }
}
