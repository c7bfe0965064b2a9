using DataPortal.Kernel;
using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace DataPortal.Host;

/// <summary>The API's description at <c>/openapi/v1.json</c>, and a page to try it at <c>/docs</c>.</summary>
internal static class OpenApi
{
    public const string PagePath = "/docs";

    private const string Scheme = "token";

    public static void AddOpenApiDocument(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "DataPortal",
                Version = "v1",
                Description = "De-identified cancer cases for approved research. Errors are problem+json with a stable `code`.",
            });
            options.SupportNonNullableReferenceTypes();
            options.CustomSchemaIds(SchemaId);
            options.AddSecurityDefinition(Scheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "Access token (RFC 9068) of the configured OpenID provider, audience `urn:dataportal`.",
            });
            options.OperationFilter<DescribeSecurityAndProblems>();
            foreach (var comments in Directory.EnumerateFiles(AppContext.BaseDirectory, "DataPortal.*.xml"))
            {
                options.IncludeXmlComments(comments);
            }
        });
    }

    public static void UseOpenApiDocument(this IApplicationBuilder app)
    {
        app.UseSwagger(options => options.RouteTemplate = "/openapi/{documentName}.json");
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = PagePath.TrimStart('/');
            options.DocumentTitle = "DataPortal API";
            options.SwaggerEndpoint("/openapi/v1.json", "v1");
        });
    }

    /// <summary>Every use case has its own <c>Request</c>; the schema takes the use case's name in front.</summary>
    private static string SchemaId(Type type)
    {
        var name = type.IsGenericType
            ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + "Of" + string.Join("And", type.GetGenericArguments().Select(SchemaId))
            : type.Name;
        return type.DeclaringType is { } useCase ? useCase.Name + name : name;
    }

    private sealed class DescribeSecurityAndProblems : IOperationFilter
    {
        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<IAllowAnonymous>().Any())
            {
                return;
            }

            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
            operation.Responses ??= [];
            operation.Responses.TryAdd("401", new OpenApiResponse { Description = $"`{ProblemCodes.NotSignedIn}`: no valid access token" });
            operation.Responses.TryAdd("403", new OpenApiResponse { Description = $"`{ProblemCodes.Forbidden}`: the account lacks the role or permission" });
        }
    }
}
