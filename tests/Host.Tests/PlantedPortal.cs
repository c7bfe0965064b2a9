using System.ComponentModel.DataAnnotations;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Host.Tests;

/// <summary>The portal with one planted command as a module would write it, and one that breaks.</summary>
public sealed class PlantedPortal() : PortalFixture(DatabaseProvider.Sqlite)
{
    public sealed record Request
    {
        [Required, StringLength(20, MinimumLength = 3)]
        public string? Purpose { get; init; }

        [Required, Range(1, 10)]
        public int? Years { get; init; }

        [Required]
        public Inner? Nested { get; init; }
    }

    public sealed record Inner
    {
        [Required, MinLength(2)]
        public string? Text { get; init; }
    }

    protected override void Customise(WebApplicationBuilder builder) => builder.Services.AddValidation();

    protected override void Map(IEndpointRouteBuilder routes)
    {
        var planted = routes.MapGroup("/api/v1/planted").RequireAuthorization(Policies.SignedIn);
        planted.MapPost("", (Request request) => TypedResults.Ok(request)).WithName("Planted").Audited(new AuditAction("planted.posted"));
        planted.MapPost("/broken", (Request request) => Break(request)).WithName("PlantedBroken").Audited(new AuditAction("planted.broken"));
    }

    private static IResult Break(Request request) => throw new InvalidOperationException("The patient's name is " + request.Purpose);
}
