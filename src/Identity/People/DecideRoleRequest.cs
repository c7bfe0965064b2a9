using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.People;

/// <summary>What waits for a second administrator.</summary>
internal static class ListRoleRequests
{
    public sealed record Response(IReadOnlyList<RoleRequestResponse> Items);

    public static void Map(RouteGroupBuilder people) => people
        .MapGet("/role-requests", HandleAsync)
        .WithName("ListRoleRequests")
        .WithSummary("Requests for the role of an administrator that nobody has decided yet")
        .Audited(AuditAction.PeopleRead);

    private static async Task<Ok<Response>> HandleAsync(PortalDb db, CancellationToken ct)
    {
        var requests = await db.Set<RoleRequest>().AsNoTracking().Where(r => r.State == RoleRequestState.Pending).OrderBy(r => r.Id).Take(PageRequest.MaxLimit).ToListAsync(ct);
        return TypedResults.Ok(new Response([.. requests.Select(RoleRequestResponse.From)]));
    }
}

/// <summary>A second administrator agrees, or not. Neither the one who asked nor the one who would get the role may approve.</summary>
internal static class DecideRoleRequest
{
    public static void Map(RouteGroupBuilder people)
    {
        people.MapPost("/role-requests/{id:guid}/approval", ApproveAsync).WithName("ApproveRoleRequest").WithSummary("Gives the role, with a second pair of eyes")
            .RequireStepUp().Audited(AuditAction.RoleApproved);
        people.MapPost("/role-requests/{id:guid}/rejection", RejectAsync).WithName("RejectRoleRequest").WithSummary("Turns the request down, or takes it back")
            .RequireStepUp().Audited(AuditAction.RoleRejected);
    }

    private static Task<Results<Ok<RoleRequestResponse>, ProblemHttpResult>> ApproveAsync(
        Guid id, PortalDb db, CurrentUser user, AuditTrail trail, AuditDetails details, AccountMails mails, TimeProvider clock, CancellationToken ct) =>
        DecideAsync(id, RoleRequestState.Approved, db, user, trail, details, mails, clock, ct);

    private static Task<Results<Ok<RoleRequestResponse>, ProblemHttpResult>> RejectAsync(
        Guid id, PortalDb db, CurrentUser user, AuditTrail trail, AuditDetails details, AccountMails mails, TimeProvider clock, CancellationToken ct) =>
        DecideAsync(id, RoleRequestState.Rejected, db, user, trail, details, mails, clock, ct);

    private static async Task<Results<Ok<RoleRequestResponse>, ProblemHttpResult>> DecideAsync(
        Guid id, RoleRequestState decision, PortalDb db, CurrentUser user, AuditTrail trail, AuditDetails details, AccountMails mails, TimeProvider clock, CancellationToken ct)
    {
        details.Resource = $"role-request/{id}";
        if (await db.Set<RoleRequest>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) is not { } request)
        {
            return Refusal.NotFound().ToProblem();
        }

        var approves = decision == RoleRequestState.Approved;
        if (approves && (request.RequestedBy == user.AccountId || request.AccountId == user.AccountId))
        {
            return Refusal.Conflict("own_request", "Somebody else must approve this: not who asked, and not who would get the role.").ToProblem();
        }

        var now = clock.GetUtcNow().UtcDateTime;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        trail.Record(new AuditEvent(approves ? AuditAction.RoleApproved : AuditAction.RoleRejected) { Resource = details.Resource });
        await db.SaveChangesAsync(ct);
        await db.HoldAdministratorsAsync(ct);
        var account = await db.Set<Account>().Include(a => a.Roles).SingleAsync(a => a.Id == request.AccountId, ct);
        if (approves && account.IsDisabled)
        {
            await transaction.RollbackAsync(ct);
            return Refusal.Conflict("person_disabled", "The account is disabled.").ToProblem();
        }

        // Two pairs of eyes means two administrators: who asked must still be one.
        if (approves && !await db.Set<Account>().AnyAsync(a => a.Id == request.RequestedBy && !a.IsDisabled && a.Roles.Any(r => r.Role == Roles.Admin), ct))
        {
            await transaction.RollbackAsync(ct);
            return Refusal.Conflict("requester_gone", "Whoever asked for this is no administrator any more; ask anew.").ToProblem();
        }

        var won = await db.Set<RoleRequest>().Where(r => r.Id == id && r.State == RoleRequestState.Pending).ExecuteUpdateAsync(
            r => r.SetProperty(x => x.State, decision).SetProperty(x => x.DecidedBy, user.AccountId).SetProperty(x => x.DecidedAt, now), ct) == 1;
        if (!won)
        {
            await transaction.RollbackAsync(ct);
            return Refusal.Conflict("request_decided", "The request is decided already.").ToProblem();
        }

        if (approves)
        {
            account.Grant(request.Role);
            mails.Changed(account, "Roles");
            await db.SaveChangesAsync(ct);
        }

        await transaction.CommitAsync(ct);
        return TypedResults.Ok(RoleRequestResponse.From(await db.Set<RoleRequest>().AsNoTracking().SingleAsync(r => r.Id == id, ct)));
    }
}
