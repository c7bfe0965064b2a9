using DataPortal.Catalogue.Contracts;
using DataPortal.Catalogue.Evaluation;
using DataPortal.Catalogue.Registration;
using DataPortal.Catalogue.Releases;
using DataPortal.Catalogue.Vocabularies;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Catalogue;

public static class CatalogueModule
{
    public static IServiceCollection AddCatalogue(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<CatalogueOptions>(configuration, CatalogueOptions.Section);
        services.AddPortalEntities(typeof(CatalogueModule).Assembly);
        services.AddValidation();
        services.AddSingleton<CatalogueFolders>();
        services.AddSingleton<OpenReleases>();
        services.AddSingleton<ReleaseBuilding>();
        services.AddSingleton<CurrentVocabulary>();
        services.AddSingleton<RegistrationQueue>();
        services.AddHostedService<RegistrationWorker>();
        services.AddScoped<IReleases, ReleaseStore>();
        services.AddSingleton<IEvaluationSetup, SeedRelease>();
        return services;
    }

    public static IEndpointRouteBuilder MapCatalogue(this IEndpointRouteBuilder endpoints)
    {
        var releases = endpoints.MapGroup("/api/v1/releases").WithTags("Catalogue");
        ListReleases.Map(releases);
        GetRelease.Map(releases);
        PublishRelease.Map(releases);
        ChooseDefaultRelease.Map(releases);
        VerifyRelease.Map(releases);

        var registrations = endpoints.MapGroup("/api/v1/registrations").WithTags("Catalogue");
        SubmitRegistration.Map(registrations);
        ListRegistrations.Map(registrations);
        GetRegistration.Map(registrations);
        GetFindings.Map(registrations);

        ImportVocabulary.Map(endpoints.MapGroup("/api/v1/vocabularies").WithTags("Catalogue"));
        return endpoints;
    }
}
