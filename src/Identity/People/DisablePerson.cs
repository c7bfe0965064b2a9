using System.ComponentModel.DataAnnotations;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Sessions;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.People;

/// <summary>What an administrator does to an account, and to every session of it.</summary>
internal sealed class Intervention(
    PortalDb db, CurrentUser user, AuditTrail trail, AuditDetails details, AccountMails mails, AccountSessions sessions, TimeProvider clock)
{
    /// <summary>
    /// Finds the account, changes it, notes the reason and tells the person, in one transaction; then ends the sessions, if <paramref name="endsSessions"/>. A change that answers false was
    /// made before: nothing is noted twice. One that answers a refusal leaves everything as it was.
    /// </summary>
    public async Task<Results<NoContent, ProblemHttpResult>> DoAsync(
        Guid id, AuditAction action, string? reason, string mail, bool endsSessions, Func<Account, Task<(bool Changed, Refusal? Refusal)>> change, CancellationToken ct)
    {
        details.Resource = $"account/{id}";
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        trail.Record(new AuditEvent(action) { Resource = details.Resource });
        await db.SaveChangesAsync(ct);
        await db.HoldAdministratorsAsync(ct);
        if (await db.Set<Account>().Include(a => a.Roles).SingleOrDefaultAsync(a => a.Id == id, ct) is not { } account)
        {
            await transaction.RollbackAsync(ct);
            return Refusal.NotFound().ToProblem();
        }

        var (changed, refusal) = await change(account);
        if (refusal is not null)
        {
            await transaction.RollbackAsync(ct);
            return refusal.ToProblem();
        }

        if (changed)
        {
            if (reason is not null)
            {
                db.Add(new AccountNote { Id = Guid.CreateVersion7(), AccountId = id, Action = action.Name, Reason = reason, By = user.AccountId, At = clock.GetUtcNow().UtcDateTime });
            }

            mails.Changed(account, mail);
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        if (endsSessions)
        {
            await sessions.EndAllAsync(account.Id, ct);
        }

        return TypedResults.NoContent();
    }
}

/// <summary>The account can do nothing from the next request on; its sessions and tokens end.</summary>
internal static class DisablePerson
{
    /// <summary>Why an administrator does something to an account. Kept with the account, and out of the audit trail.</summary>
    public sealed record Request
    {
        [Required, StringLength(500, MinimumLength = 5)]
        public string? Reason { get; init; }
    }

    public static void Map(RouteGroupBuilder people)
    {
        people.MapPost("/{id:guid}/disabling", DisableAsync).WithName("DisablePerson").WithSummary("Disables an account, with a reason").RequireStepUp().Audited(AuditAction.PersonDisabled);
        people.MapPost("/{id:guid}/enabling", EnableAsync).WithName("EnablePerson").WithSummary("Enables a disabled account, with a reason").RequireStepUp().Audited(AuditAction.PersonEnabled);
    }

    private static Task<Results<NoContent, ProblemHttpResult>> DisableAsync(Guid id, Request request, Intervention intervention, PortalDb db, CurrentUser user, CancellationToken ct) =>
        intervention.DoAsync(id, AuditAction.PersonDisabled, request.Reason, "Disabled", endsSessions: true, async account =>
        {
            if (account.Id == user.AccountId)
            {
                return (false, Refusal.Conflict("own_account", "Nobody disables their own account."));
            }

            if (await db.IsLastAdministratorAsync(id, ct))
            {
                return (false, Administrators.LastOne);
            }

            var changed = !account.IsDisabled;
            account.Disable();
            return (changed, null);
        }, ct);

    private static Task<Results<NoContent, ProblemHttpResult>> EnableAsync(Guid id, Request request, Intervention intervention, CancellationToken ct) =>
        intervention.DoAsync(id, AuditAction.PersonEnabled, request.Reason, "Enabled", endsSessions: false, account =>
        {
            var changed = account.IsDisabled;
            account.Enable();
            return Task.FromResult((changed, (Refusal?)null));
        }, ct);
}

/// <summary>Somebody has lost telephone and recovery codes: app, codes and passkeys go, and the next sign-in sets them up anew.</summary>
internal static class ResetSecondFactor
{
    public static void Map(RouteGroupBuilder people) => people
        .MapPost("/{id:guid}/second-factor-reset", HandleAsync)
        .WithName("ResetSecondFactor")
        .WithSummary("Takes away app, recovery codes and passkeys, with a reason")
        .RequireStepUp()
        .Audited(AuditAction.SecondFactorReset);

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id, DisablePerson.Request request, Intervention intervention, PortalDb db, SecondFactor factor, CurrentUser user, CancellationToken ct) =>
        intervention.DoAsync(id, AuditAction.SecondFactorReset, request.Reason, "SecondFactorReset", endsSessions: true, async account =>
        {
            if (account.Id == user.AccountId)
            {
                return (false, Refusal.Conflict("own_account", "Your own second factor is changed on the page of your account."));
            }

            if (await db.Set<Credential>().SingleOrDefaultAsync(c => c.Id == id, ct) is not { } credential)
            {
                return (false, Refusal.Conflict("other_provider", "This person signs in at another provider; the second factor is there."));
            }

            await factor.RemoveAsync(credential, ct);
            db.RemoveRange(await db.Set<CredentialPasskey>().Where(p => p.UserId == id).ToListAsync(ct));
            return (true, null);
        }, ct);
}

/// <summary>Every session and token of a person ends.</summary>
internal static class SignPersonOut
{
    public static void Map(RouteGroupBuilder people) => people
        .MapPost("/{id:guid}/sign-out", HandleAsync)
        .WithName("SignPersonOut")
        .WithSummary("Signs somebody out everywhere")
        .RequireStepUp()
        .Audited(AuditAction.PersonSignedOut);

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(Guid id, Intervention intervention, CancellationToken ct) =>
        intervention.DoAsync(id, AuditAction.PersonSignedOut, reason: null, "SignedOut", endsSessions: true, _ => Task.FromResult((true, (Refusal?)null)), ct);
}
