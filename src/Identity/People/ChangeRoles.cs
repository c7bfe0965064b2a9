using System.ComponentModel.DataAnnotations;
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

/// <param name="Id">The request.</param>
/// <param name="AccountId">Who would get the role.</param>
/// <param name="Role">The role.</param>
/// <param name="State"><c>pending</c>, <c>approved</c> or <c>rejected</c>.</param>
/// <param name="RequestedBy">The administrator who asked.</param>
/// <param name="RequestedAt">UTC.</param>
/// <param name="DecidedBy">The administrator who decided.</param>
/// <param name="DecidedAt">UTC.</param>
internal sealed record RoleRequestResponse(Guid Id, Guid AccountId, string Role, RoleRequestState State, Guid RequestedBy, DateTime RequestedAt, Guid? DecidedBy, DateTime? DecidedAt)
{
    public static RoleRequestResponse From(RoleRequest r) => new(r.Id, r.AccountId, r.Role, r.State, r.RequestedBy, r.RequestedAt, r.DecidedBy, r.DecidedAt);
}

/// <summary>Sets somebody's roles. The role of an administrator is not given but asked for: another administrator approves it.</summary>
internal static class ChangeRoles
{
    public sealed record Request
    {
        /// <summary>All roles the person is to have.</summary>
        [Required, MaxLength(10)]
        public string[]? Roles { get; init; }
    }

    /// <param name="Person">As they are now.</param>
    /// <param name="Pending">What waits for another administrator.</param>
    public sealed record Response(PersonResponse Person, RoleRequestResponse? Pending);

    public static void Map(RouteGroupBuilder people) => people
        .MapPut("/{id:guid}/roles", HandleAsync)
        .WithName("ChangeRoles")
        .WithSummary("Sets somebody's roles; the administrator's needs a second administrator")
        .RequireStepUp()
        .Audited(AuditAction.RolesChanged);

    private static async Task<Results<Ok<Response>, ProblemHttpResult, ValidationProblem>> HandleAsync(
        Guid id, Request request, PortalDb db, CurrentUser user, AuditTrail trail, AccountMails mails, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        details.Resource = $"account/{id}";
        var wanted = request.Roles!.Distinct(StringComparer.Ordinal).ToList();
        if (wanted.Except(Roles.All, StringComparer.Ordinal).Any())
        {
            return Problems.Invalid("roles", "Roles are some of " + string.Join(", ", Roles.All) + ".");
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        trail.Record(new AuditEvent(AuditAction.RolesChanged) { Resource = details.Resource });
        await db.SaveChangesAsync(ct);
        // Taken before anything is read: two administrators who take each other's role at once would otherwise both see the other one.
        await db.HoldAdministratorsAsync(ct);
        if (await db.Set<Account>().Include(a => a.Roles).SingleOrDefaultAsync(a => a.Id == id, ct) is not { } account)
        {
            await transaction.RollbackAsync(ct);
            return Refusal.NotFound().ToProblem();
        }

        var current = account.Roles.Select(r => r.Role).ToList();
        if (current.Contains(Roles.Admin, StringComparer.Ordinal) && !wanted.Contains(Roles.Admin, StringComparer.Ordinal) && await db.IsLastAdministratorAsync(id, ct))
        {
            await transaction.RollbackAsync(ct);
            return Administrators.LastOne.ToProblem();
        }

        var given = wanted.Except(current, StringComparer.Ordinal).Where(r => r != Roles.Admin).ToList();
        var taken = current.Except(wanted, StringComparer.Ordinal).ToList();
        given.ForEach(account.Grant);
        taken.ForEach(account.Withdraw);
        if (given.Count + taken.Count > 0)
        {
            mails.Changed(account, "Roles");
        }

        RoleRequest? pending = null;
        if (wanted.Contains(Roles.Admin, StringComparer.Ordinal) && !current.Contains(Roles.Admin, StringComparer.Ordinal))
        {
            // Asking twice is asking once.
            pending = await db.Set<RoleRequest>().FirstOrDefaultAsync(r => r.AccountId == id && r.State == RoleRequestState.Pending && r.Role == Roles.Admin, ct);
            if (pending is null)
            {
                pending = RoleRequest.For(id, Roles.Admin, user.AccountId, clock.GetUtcNow().UtcDateTime);
                db.Add(pending);
                trail.Record(new AuditEvent(AuditAction.RoleRequested) { Resource = $"role-request/{pending.Id}" });
            }
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return TypedResults.Ok(new Response((await PersonResponse.FromAsync(db, [account], ct))[0], pending is null ? null : RoleRequestResponse.From(pending)));
    }
}

/// <summary>There is always an administrator who can come in.</summary>
internal static class Administrators
{
    public static Refusal LastOne { get; } = Refusal.Conflict("last_administrator", "This is the last administrator; make another one first.");

    /// <summary>Locks the accounts of administrators until the transaction ends: changes that touch them wait for each other.</summary>
    public static Task<int> HoldAdministratorsAsync(this PortalDb db, CancellationToken ct) =>
        db.Set<Account>().Where(a => a.Roles.Any(r => r.Role == Roles.Admin)).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDisabled, x => x.IsDisabled), ct);

    public static async Task<bool> IsLastAdministratorAsync(this PortalDb db, Guid id, CancellationToken ct) =>
        await db.Set<Account>().AnyAsync(a => a.Id == id && !a.IsDisabled && a.Roles.Any(r => r.Role == Roles.Admin), ct)
        && !await db.Set<Account>().AnyAsync(a => a.Id != id && !a.IsDisabled && a.Roles.Any(r => r.Role == Roles.Admin), ct);
}
