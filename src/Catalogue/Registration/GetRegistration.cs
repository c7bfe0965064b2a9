using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Catalogue.Registration;

/// <summary>How a registration is doing, and its report. A hospital sees its own only.</summary>
internal static class GetRegistration
{
    public static void Map(RouteGroupBuilder registrations) => registrations
        .MapGet("/{id:guid}", HandleAsync)
        .WithName("GetRegistration")
        .WithSummary("Progress, then report, of one registration")
        .RequireAnyRole(Roles.Steward, Roles.Hospital)
        .Audited(AuditAction.RegistrationRead);

    public static IQueryable<RegistrationRun> RegistrationsVisibleTo(this PortalDb db, CurrentUser user) =>
        user.IsIn(Roles.Steward) ? db.Set<RegistrationRun>() : db.Set<RegistrationRun>().Where(r => r.RequestedBy == user.AccountId);

    private static async Task<Results<Ok<RegistrationResponse>, NotFound>> HandleAsync(Guid id, PortalDb db, CurrentUser user, AuditDetails details, CancellationToken ct)
    {
        details.Resource = $"registration/{id}";
        return await db.RegistrationsVisibleTo(user).AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) is { } run
            ? TypedResults.Ok(RegistrationResponse.Of(run))
            : TypedResults.NotFound();
    }
}
