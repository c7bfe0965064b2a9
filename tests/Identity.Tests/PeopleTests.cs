using System.Net;
using System.Text.Json.Nodes;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Tests;

/// <summary>What administrators do to accounts, and what no single one of them can.</summary>
[Trait("Category", "Trust")]
public abstract class PeopleTests(AccountsPortal portal) : PortalTests(portal)
{
    private static readonly object Reason = new { reason = "Left the institute." };

    [Fact]
    public async Task An_administrator_is_made_by_two_and_neither_of_them_is_the_one_made()
    {
        var (asks, approves) = (await portal.AdminAsync(), await portal.AdminAsync());
        var person = await portal.PersonAsync("Candidate", Totp.NewKey());
        var candidate = portal.Staff(person.Id, person.Subject);

        var (status, body) = await asks.SendAsync(HttpMethod.Put, Roles(person), new { roles = new[] { Kernel.Roles.Admin, Kernel.Roles.Auditor } });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["auditor"], body["person"]!["roles"]!.AsArray().Select(r => r!.GetValue<string>()));
        var request = body["pending"]!["id"]!.GetValue<Guid>();
        // Asking twice is asking once.
        var (_, again) = await approves.SendAsync(HttpMethod.Put, Roles(person), new { roles = new[] { Kernel.Roles.Admin, Kernel.Roles.Auditor } });
        Assert.Equal(request, again["pending"]!["id"]!.GetValue<Guid>());

        Assert.Equal((HttpStatusCode.Conflict, "own_request"), await CodeAsync(asks, HttpMethod.Post, Approval(request)));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await CodeAsync(candidate, HttpMethod.Post, Approval(request)));
        Assert.Equal(HttpStatusCode.OK, (await approves.SendAsync(HttpMethod.Post, Approval(request))).Status);
        Assert.Equal((HttpStatusCode.Conflict, "request_decided"), await CodeAsync(approves, HttpMethod.Post, Approval(request)));
        Assert.Equal(HttpStatusCode.OK, (await candidate.SendAsync(HttpMethod.Get, "/api/v1/people")).Status);
        Assert.Equal(1, await portal.EntriesAsync("person.role.approved", approves.AccountId));
        await portal.MailAsync(person.Email, "roles in the portal");
    }

    [Fact]
    public async Task Who_would_get_the_role_cannot_approve_even_as_an_administrator_and_a_request_dies_with_its_author()
    {
        var (asks, approves) = (await portal.AdminAsync(), await portal.AdminAsync());
        var person = await portal.PersonAsync("Candidate");
        var request = await AskAsync(asks, person);
        await portal.WithDbAsync(db => db.Database.ExecuteSqlAsync($"UPDATE identity_accounts SET is_disabled = {true} WHERE id = {asks.AccountId}"));
        Assert.Equal((HttpStatusCode.Conflict, "requester_gone"), await CodeAsync(approves, HttpMethod.Post, Approval(request)));
        await portal.WithDbAsync(db => db.Database.ExecuteSqlAsync($"UPDATE identity_accounts SET is_disabled = {false} WHERE id = {asks.AccountId}"));
        await portal.WithDbAsync(db => db.Database.ExecuteSqlAsync($"INSERT INTO identity_account_roles (account_id, role) VALUES ({person.Id}, {Kernel.Roles.Admin})"));
        Assert.Equal((HttpStatusCode.Conflict, "own_request"), await CodeAsync(portal.Staff(person.Id, person.Subject), HttpMethod.Post, Approval(request)));
        Assert.Equal(HttpStatusCode.OK, (await approves.SendAsync(HttpMethod.Post, $"/api/v1/people/role-requests/{request}/rejection")).Status);
    }

    [Fact]
    public async Task Of_approvals_and_rejections_at_once_one_decides()
    {
        var asks = await portal.AdminAsync();
        var request = await AskAsync(asks, await portal.PersonAsync("Candidate"));
        var admins = new List<Staff>();
        for (var i = 0; i < 8; i++)
        {
            admins.Add(await portal.AdminAsync());
        }

        var answers = await Task.WhenAll(admins.Select((admin, i) => admin.SendAsync(HttpMethod.Post, i % 2 == 0 ? Approval(request) : $"/api/v1/people/role-requests/{request}/rejection")));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers, a => Assert.Contains(a.Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Conflict]));
    }

    [Fact]
    public async Task The_role_of_an_administrator_is_not_had_by_invitation()
    {
        var admin = await portal.AdminAsync();
        var (status, body) = await admin.SendAsync(HttpMethod.Post, "/api/v1/people/invitations", new { email = $"x{Guid.CreateVersion7():N}@example.org", name = "x", roles = new[] { Kernel.Roles.Admin }, locale = "en" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "four_eyes_needed"), (status, body["code"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_last_administrator_stays_one_even_when_two_take_the_role_from_each_other_at_once()
    {
        for (var round = 0; round < 5; round++)
        {
            await portal.WithDbAsync(db => db.Set<AccountRole>().Where(r => r.Role == Kernel.Roles.Admin).ExecuteDeleteAsync());
            var (one, two) = (await portal.AdminAsync(), await portal.AdminAsync());
            var isDisabling = round % 2 == 0;
            var answers = await Task.WhenAll(new[] { (one, two), (two, one) }.Select(p => isDisabling
                ? p.Item1.SendAsync(HttpMethod.Post, $"/api/v1/people/{p.Item2.AccountId}/disabling", Reason)
                : p.Item1.SendAsync(HttpMethod.Put, $"/api/v1/people/{p.Item2.AccountId}/roles", new { roles = Array.Empty<string>() })));
            Assert.InRange(answers.Count(a => a.Status is HttpStatusCode.OK or HttpStatusCode.NoContent), 0, 1);
            Assert.All(answers, a => Assert.InRange((int)a.Status, 200, 499));
            Assert.InRange(await portal.WithDbAsync(db => db.Set<Account>().CountAsync(a => !a.IsDisabled && a.Roles.Any(r => r.Role == Kernel.Roles.Admin))), 1, 2);
        }

        await portal.WithDbAsync(db => db.Set<AccountRole>().Where(r => r.Role == Kernel.Roles.Admin).ExecuteDeleteAsync());
        var last = await portal.AdminAsync();
        Assert.Equal((HttpStatusCode.Conflict, "last_administrator"), await CodeAsync(last, HttpMethod.Put, $"/api/v1/people/{last.AccountId}/roles", new { roles = new[] { Kernel.Roles.Auditor } }));
        Assert.Equal((HttpStatusCode.Conflict, "own_account"), await CodeAsync(last, HttpMethod.Post, $"/api/v1/people/{last.AccountId}/disabling", Reason));
    }

    [Fact]
    public async Task A_disabled_account_comes_in_by_no_door()
    {
        var admin = await portal.AdminAsync();
        var key = Totp.NewKey();
        var person = await portal.PersonAsync("Leaver", key);
        using var half = new Visitor(portal.Url);
        var uid = await portal.InteractionAsync();
        await half.SignInAsync(uid, person.Email, AccountsPortal.GoodPassword);
        await half.FollowAsync();
        using var session = await portal.SignedInAsync(person);
        var token = portal.Staff(person.Id, person.Subject);
        await session.OpenAsync("/forgot-password");
        await session.SubmitAsync("/forgot-password", ("email", person.Email));
        var link = AccountsPortal.LinkIn(await portal.MailAsync(person.Email, "/reset-password?token="));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await session.Browser.MeAsync(), (await token.SendAsync(HttpMethod.Get, "/api/v1/me")).Status));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), await CodeAsync(admin, HttpMethod.Post, $"/api/v1/people/{person.Id}/disabling", new { reason = "no" }));
        Assert.Equal(HttpStatusCode.NoContent, (await admin.SendAsync(HttpMethod.Post, $"/api/v1/people/{person.Id}/disabling", Reason)).Status);

        Assert.NotEqual(HttpStatusCode.OK, await session.Browser.MeAsync());
        Assert.NotEqual(HttpStatusCode.OK, (await token.SendAsync(HttpMethod.Get, "/api/v1/me")).Status);
        await half.SubmitAsync("/sign-in/code", ("code", Totp.Code(key, Totp.Now)));
        Assert.Equal(HttpStatusCode.NotFound, half.Status);
        using var visitor = new Visitor(portal.Url);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.OpenAsync(link)).Status);
        await visitor.SignInAsync(await portal.InteractionAsync(), person.Email, AccountsPortal.GoodPassword);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, visitor.Status);
        using var outside = await visitor.Browser.SignInAsync(portal.Authority, new Person(person.Subject));
        Assert.Equal("account_disabled", await Browser.CodeAsync(outside));
        var before = portal.Mails(person.Email).Count(m => m.Contains("/reset-password", StringComparison.Ordinal));
        await visitor.OpenAsync("/forgot-password");
        await visitor.SubmitAsync("/forgot-password", ("email", person.Email));
        await portal.MailAsync(person.Email, "account was disabled");
        Assert.Equal(before, portal.Mails(person.Email).Count(m => m.Contains("/reset-password", StringComparison.Ordinal)));

        // The control: enabled again, the password serves.
        Assert.Equal(HttpStatusCode.NoContent, (await admin.SendAsync(HttpMethod.Post, $"/api/v1/people/{person.Id}/enabling", Reason)).Status);
        await visitor.SignInAsync(await portal.InteractionAsync(), person.Email, AccountsPortal.GoodPassword);
        Assert.Equal(HttpStatusCode.Redirect, visitor.Status);
        var (_, body) = await admin.SendAsync(HttpMethod.Get, $"/api/v1/people/{person.Id}");
        Assert.Equal(["person.enabled", "person.disabled"], body["notes"]!.AsArray().Select(n => n!["action"]!.GetValue<string>()));
        Assert.Equal("Left the institute.", body["notes"]![0]!["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Who_lost_everything_sets_up_a_second_step_anew_after_an_administrator_reset_it()
    {
        var admin = await portal.AdminAsync();
        var person = await portal.PersonAsync("Unlucky", Totp.NewKey(), roles: Kernel.Roles.Auditor);
        using var session = await portal.SignedInAsync(person);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), await CodeAsync(admin, HttpMethod.Post, $"/api/v1/people/{person.Id}/second-factor-reset", new { }));
        Assert.Equal(HttpStatusCode.NoContent, (await admin.SendAsync(HttpMethod.Post, $"/api/v1/people/{person.Id}/second-factor-reset", new { reason = "Lost the telephone; identity checked by video call." })).Status);
        Assert.NotEqual(HttpStatusCode.OK, await session.Browser.MeAsync());
        using var visitor = new Visitor(portal.Url);
        await visitor.SignInAsync(await portal.InteractionAsync(), person.Email, AccountsPortal.GoodPassword);
        Assert.StartsWith("/sign-in/enrol?", visitor.Location!.OriginalString, StringComparison.Ordinal);
        await portal.MailAsync(person.Email, "reset the second step");
        Assert.Equal(1, await portal.EntriesAsync("person.second-factor.reset", admin.AccountId));
        Assert.Equal((HttpStatusCode.Conflict, "own_account"), await CodeAsync(admin, HttpMethod.Post, $"/api/v1/people/{admin.AccountId}/second-factor-reset", Reason));
    }

    [Fact]
    public async Task All_of_it_needs_the_role_a_second_factor_and_a_fresh_sign_in()
    {
        var person = await portal.PersonAsync("Member");
        var admin = await portal.AdminAsync();
        var subject = admin.AccountId.ToString("D");
        var member = portal.Staff(person.Id, person.Subject);
        var stale = portal.Staff(admin.AccountId, subject, d => d.Claims["auth_time"] = new DateTimeOffset(AccountsPortal.Now.AddMinutes(-11)).ToUnixTimeSeconds());
        var oneFactor = portal.Staff(admin.AccountId, subject, d => d.Claims["acr"] = "urn:dataportal:acr:password");
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Put, Roles(person), new { roles = new[] { Kernel.Roles.Auditor } }), (HttpMethod.Post, $"/api/v1/people/{person.Id}/disabling", Reason),
            (HttpMethod.Post, $"/api/v1/people/{person.Id}/enabling", Reason), (HttpMethod.Post, $"/api/v1/people/{person.Id}/second-factor-reset", Reason),
            (HttpMethod.Post, $"/api/v1/people/{person.Id}/sign-out", null), (HttpMethod.Post, "/api/v1/people/invitations", new { email = "x@example.org", name = "x", roles = Array.Empty<string>(), locale = "en" }),
            (HttpMethod.Post, Approval(Guid.CreateVersion7()), null),
        })
        {
            Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await CodeAsync(member, method, path, body));
            Assert.Equal((HttpStatusCode.Unauthorized, "step_up_required"), await CodeAsync(stale, method, path, body));
            Assert.Equal((HttpStatusCode.Forbidden, "mfa_required"), await CodeAsync(oneFactor, method, path, body));
        }

        Assert.Equal(HttpStatusCode.NoContent, (await admin.SendAsync(HttpMethod.Post, $"/api/v1/people/{person.Id}/sign-out")).Status);
    }

    [Fact]
    public async Task People_sign_themselves_out_everywhere_or_in_one_place()
    {
        var person = await portal.PersonAsync("Traveller");
        using var here = await portal.SignedInAsync(person);
        using var there = await portal.SignedInAsync(person);
        await here.OpenAsync("/account");
        await here.SubmitAsync("/account/sessions/end");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await here.Browser.MeAsync(), await there.Browser.MeAsync()));
        await here.OpenAsync("/account");
        await here.SubmitAsync("/account/sessions/end-all");
        Assert.Equal(HttpStatusCode.Unauthorized, await here.Browser.MeAsync());
        Assert.Equal(1, await portal.EntriesAsync("account.signed-out-everywhere", person.Id));
    }

    [Fact]
    public async Task A_password_is_changed_by_who_knows_the_old_one()
    {
        var person = await portal.PersonAsync("Member");
        using var visitor = await portal.SignedInAsync(person);
        await visitor.OpenAsync("/account");
        foreach (var (current, password, status) in new[]
        {
            ("wrong", "seven grey herons at dusk", HttpStatusCode.UnprocessableEntity), (AccountsPortal.GoodPassword, "password1234", HttpStatusCode.UnprocessableEntity),
            (AccountsPortal.GoodPassword, "seven grey herons at dusk", HttpStatusCode.OK),
        })
        {
            await visitor.SubmitAsync("/account/password", ("current", current), ("password", password), ("repeat", password));
            Assert.Equal(status, visitor.Status);
        }

        Assert.NotEqual(HttpStatusCode.OK, await visitor.Browser.MeAsync());
    }

    private static string Roles(Account account) => $"/api/v1/people/{account.Id}/roles";

    private static string Approval(Guid request) => $"/api/v1/people/role-requests/{request}/approval";

    private static async Task<Guid> AskAsync(Staff admin, Account person)
    {
        var (_, body) = await admin.SendAsync(HttpMethod.Put, Roles(person), new { roles = new[] { Kernel.Roles.Admin } });
        return body["pending"]!["id"]!.GetValue<Guid>();
    }

    private static async Task<(HttpStatusCode, string?)> CodeAsync(Staff staff, HttpMethod method, string path, object? body = null)
    {
        var (status, answer) = await staff.SendAsync(method, path, body);
        return (status, (string?)(answer["code"] as JsonValue));
    }
}

public sealed class PeopleTestsOnSqlite(SqliteAccounts portal) : PeopleTests(portal), IClassFixture<SqliteAccounts>;

public sealed class PeopleTestsOnPostgres(PostgresAccounts portal) : PeopleTests(portal), IClassFixture<PostgresAccounts>;
