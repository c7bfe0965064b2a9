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

/// <param name="Id">The invitation.</param>
/// <param name="Email">Whom it was sent to.</param>
/// <param name="Name">Display name.</param>
/// <param name="Roles">Roles that come with it.</param>
/// <param name="Locale">Language of mails.</param>
/// <param name="State"><c>open</c>, <c>accepted</c>, <c>withdrawn</c> or <c>expired</c>.</param>
/// <param name="InvitedBy">Null when the operator invited.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="ExpiresAt">UTC.</param>
/// <param name="AccountId">The account it led to.</param>
internal sealed record InvitationResponse(
    Guid Id, string Email, string Name, IReadOnlyList<string> Roles, string Locale, string State, Guid? InvitedBy, DateTime CreatedAt, DateTime ExpiresAt, Guid? AccountId)
{
    public static InvitationResponse From(Invitation i, DateTime now) => new(i.Id, i.Email, i.Name, i.Roles, i.Locale, i.State(now), i.InvitedBy, i.CreatedAt, i.ExpiresAt, i.AccountId);
}

/// <summary>An administrator invites somebody. The link is in the mail and nowhere else: whoever invites cannot use it.</summary>
internal static class InvitePerson
{
    public sealed record Request
    {
        [Required, StringLength(320), EmailAddress]
        public string? Email { get; init; }

        [Required, StringLength(200, MinimumLength = 1)]
        public string? Name { get; init; }

        [Required, MaxLength(10)]
        public string[]? Roles { get; init; }

        [Required, RegularExpression("^(en|ja)$")]
        public string? Locale { get; init; }
    }

    public static void Map(RouteGroupBuilder people) => people
        .MapPost("/invitations", HandleAsync)
        .WithName("InvitePerson")
        .WithSummary("Invites somebody by mail, with roles")
        .RequireStepUp()
        .Audited(AuditAction.PersonInvited);

    private static async Task<Results<Created<InvitationResponse>, ProblemHttpResult, ValidationProblem>> HandleAsync(
        Request request, PortalDb db, CurrentUser user, AccountMails mails, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        var email = Account.Normalise(request.Email!);
        if (email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || request.Name!.Any(char.IsControl) || string.IsNullOrWhiteSpace(request.Name))
        {
            return Problems.Invalid("email", "Address and name are one line each, without control characters.");
        }

        if (request.Roles!.Except(Roles.All, StringComparer.Ordinal).Any())
        {
            return Problems.Invalid("roles", "Roles are some of " + string.Join(", ", Roles.All) + ".");
        }

        if (request.Roles!.Contains(Roles.Admin, StringComparer.Ordinal))
        {
            return Refusal.Unprocessable("four_eyes_needed", "Administrators are not invited: invite the person, then give the role, which another administrator approves.").ToProblem();
        }

        var now = clock.GetUtcNow().UtcDateTime;
        if (await db.Set<Account>().AnyAsync(a => a.Email == email, ct))
        {
            return Refusal.Conflict("account_exists", "There is an account with this address already.").ToProblem();
        }

        if (await db.Set<Invitation>().AnyAsync(i => i.Email == email && i.AcceptedAt == null && i.WithdrawnAt == null && i.ExpiresAt > now, ct))
        {
            return Refusal.Conflict("invitation_open", "This address is invited already; send that invitation again, or withdraw it.").ToProblem();
        }

        var token = LinkToken.New();
        var invitation = Invitation.Make(email, request.Name!, request.Locale!, request.Roles!.Distinct(StringComparer.Ordinal), token, user.AccountId, now);
        db.Add(invitation);
        mails.Invite(invitation, token);
        details.Resource = $"invitation/{invitation.Id}";
        await db.SaveChangesAsync(ct);
        return TypedResults.Created($"/api/v1/people/invitations/{invitation.Id}", InvitationResponse.From(invitation, now));
    }
}

/// <summary>Invitations, newest first.</summary>
internal static class ListInvitations
{
    public static void Map(RouteGroupBuilder people) => people
        .MapGet("/invitations", HandleAsync)
        .WithName("ListInvitations")
        .WithSummary("Invitations, newest first")
        .Audited(AuditAction.PeopleRead);

    private static async Task<Results<Ok<Page<InvitationResponse>>, ValidationProblem>> HandleAsync(
        [AsParameters] PageRequest paging, HttpContext http, PortalDb db, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        var invitations = db.Set<Invitation>().AsNoTracking();
        if (paging.After is not null)
        {
            if (!Cursor.TryDecode(paging.After, 1, out var cursor) || !Guid.TryParse(cursor[0], out var last))
            {
                return Problems.Invalid("after", "This is not a cursor of this list.");
            }

            invitations = invitations.Where(i => i.Id < last);
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var rows = await invitations.OrderByDescending(i => i.Id).Take(paging.Take() + 1).ToListAsync(ct);
        var page = Paging.Cut(http, [.. rows.Select(i => InvitationResponse.From(i, now))], paging.Take(), last => Cursor.Encode(last.Id.ToString("D")));
        details.Rows = page.Items.Count;
        return TypedResults.Ok(page);
    }
}

/// <summary>A new link; the one before is void.</summary>
internal static class SendInvitationAgain
{
    public static void Map(RouteGroupBuilder people) => people
        .MapPost("/invitations/{id:guid}/sending", HandleAsync)
        .WithName("SendInvitationAgain")
        .WithSummary("Sends an invitation again, with a new link")
        .RequireStepUp()
        .Audited(AuditAction.InvitationSentAgain);

    private static async Task<Results<Ok<InvitationResponse>, ProblemHttpResult>> HandleAsync(
        Guid id, PortalDb db, AccountMails mails, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        details.Resource = $"invitation/{id}";
        var now = clock.GetUtcNow().UtcDateTime;
        if (await db.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == id, ct) is not { } invitation)
        {
            return Refusal.NotFound().ToProblem();
        }

        if (invitation.State(now) is not ("open" or "expired") and var state)
        {
            return Refusal.Conflict("invitation_" + state, $"The invitation is {state}.").ToProblem();
        }

        var token = LinkToken.New();
        invitation.Renew(token, now);
        mails.Invite(invitation, token);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("invitation_changed", "Somebody else has just changed the invitation.").ToProblem();
        }

        return TypedResults.Ok(InvitationResponse.From(invitation, now));
    }
}

/// <summary>The link stops working. Withdrawing what is withdrawn already changes nothing.</summary>
internal static class WithdrawInvitation
{
    public static void Map(RouteGroupBuilder people) => people
        .MapDelete("/invitations/{id:guid}", HandleAsync)
        .WithName("WithdrawInvitation")
        .WithSummary("Withdraws an invitation")
        .RequireStepUp()
        .Audited(AuditAction.InvitationWithdrawn);

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(Guid id, PortalDb db, AuditTrail trail, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        details.Resource = $"invitation/{id}";
        var now = clock.GetUtcNow().UtcDateTime;
        if (await db.Set<Invitation>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, ct) is not { } invitation)
        {
            return Refusal.NotFound().ToProblem();
        }

        if (invitation.WithdrawnAt is not null)
        {
            return TypedResults.NoContent();
        }

        // By condition: whoever is accepting it at this moment either comes first, or not at all.
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        trail.Record(new AuditEvent(AuditAction.InvitationWithdrawn) { Resource = details.Resource });
        await db.SaveChangesAsync(ct);
        if (await db.Set<Invitation>().Where(i => i.Id == id && i.AcceptedAt == null).ExecuteUpdateAsync(i => i.SetProperty(x => x.WithdrawnAt, now), ct) == 0)
        {
            await transaction.RollbackAsync(ct);
            return Refusal.Conflict("invitation_accepted", "The invitation was accepted already.").ToProblem();
        }

        await transaction.CommitAsync(ct);
        return TypedResults.NoContent();
    }
}
