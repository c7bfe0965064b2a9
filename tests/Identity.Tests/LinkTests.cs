using System.Net;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.People;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Tests;

/// <summary>Links that are sent by mail: invitation, new password, new address.</summary>
[Trait("Category", "Trust")]
public abstract class LinkTests(AccountsPortal portal) : PortalTests(portal)
{
    private const string NewPassword = "seven grey herons at dusk";

    [Fact]
    public async Task Somebody_invited_becomes_somebody_with_an_account_once()
    {
        var admin = await portal.AdminAsync();
        var (id, email) = await InviteAsync(admin, "花子", "ja", Roles.Reviewer);
        var mail = await portal.MailAsync(email, "/invitation?token=");
        Assert.Contains("花子 様", mail, StringComparison.Ordinal);
        var link = AccountsPortal.LinkIn(mail);

        // A scanner that opens links uses nothing up.
        using var visitor = new Visitor(portal.Url);
        await visitor.OpenAsync(link);
        await visitor.OpenAsync(link);
        Assert.Equal(HttpStatusCode.OK, visitor.Status);
        Assert.Contains(email, visitor.Text, StringComparison.Ordinal);
        foreach (var (password, repeat) in new[] { ("short", "short"), ("password1234", "password1234"), (NewPassword, NewPassword + "x"), (email, email), ("hanako花子hanako花子", "hanako花子hanako花子") })
        {
            await visitor.SubmitAsync("/invitation", ("password", password), ("repeat", repeat));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, visitor.Status);
        }

        var form = visitor.Form("/invitation");
        (form["password"], form["repeat"]) = (NewPassword, NewPassword);
        var cookies = visitor.Browser.Cookies.ToList();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            using var one = new Visitor(portal.Url);
            cookies.ForEach(c => one.Browser.Cookies[c.Key] = c.Value);
            await one.PostAsync("/invitation", form);
            return one.Status;
        }));
        Assert.Single(statuses, HttpStatusCode.OK);
        Assert.All(statuses, s => Assert.Contains(s, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NotFound]));
        await visitor.OpenAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, visitor.Status);

        var account = await portal.WithDbAsync(db => db.Set<Account>().Include(a => a.Roles).SingleAsync(a => a.Email == email));
        Assert.Equal(("花子", "ja", Roles.Reviewer), (account.Name, account.Locale, account.Roles.Single().Role));
        Assert.Equal(1, await portal.EntriesAsync("invitation.accepted", account.Id));
        var (status, body) = await admin.SendAsync(HttpMethod.Get, "/api/v1/people/invitations");
        Assert.Equal((HttpStatusCode.OK, "accepted"), (status, body["items"]!.AsArray().Single(i => i!["id"]!.GetValue<Guid>() == id)!["state"]!.GetValue<string>()));

        using var signIn = new Visitor(portal.Url);
        await signIn.SignInAsync(await portal.InteractionAsync(), email, NewPassword);
        Assert.StartsWith("/sign-in/enrol?", signIn.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_sent_again_voids_the_one_before_and_one_withdrawn_or_too_old_is_void()
    {
        var admin = await portal.AdminAsync();
        var (id, email) = await InviteAsync(admin, "Late", "en");
        var first = AccountsPortal.LinkIn(await portal.MailAsync(email, "/invitation?token="));
        Assert.Equal(HttpStatusCode.OK, (await admin.SendAsync(HttpMethod.Post, $"/api/v1/people/invitations/{id}/sending")).Status);
        var second = await WaitAsync(() => portal.Mails(email).Select(AccountsPortal.LinkIn).FirstOrDefault(l => l != first));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (await StatusAsync(first), await StatusAsync(second)));

        await portal.WithDbAsync(db => db.Set<Invitation>().Where(i => i.Id == id).ExecuteUpdateAsync(i => i.SetProperty(x => x.ExpiresAt, AccountsPortal.Now.AddSeconds(-1))));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(second));
        await portal.WithDbAsync(db => db.Set<Invitation>().Where(i => i.Id == id).ExecuteUpdateAsync(i => i.SetProperty(x => x.ExpiresAt, AccountsPortal.Now.AddDays(1))));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(second));
        Assert.Equal(HttpStatusCode.NoContent, (await admin.SendAsync(HttpMethod.Delete, $"/api/v1/people/invitations/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(second));
    }

    [Theory]
    [InlineData("a@example.org\r\nBcc: b@example.org")]
    [InlineData("a@example.org\nBcc: b@example.org")]
    [InlineData("a@example.org, b@example.org")]
    [InlineData("a b@example.org")]
    [InlineData("Somebody <a@example.org>")]
    [InlineData("a@example.org\u2028x")]
    public async Task An_address_that_would_be_more_than_one_line_is_refused(string email)
    {
        var admin = await portal.AdminAsync();
        foreach (var (address, name) in new[] { (email, "x"), ($"x{Guid.CreateVersion7():N}@example.org", "x\r\nBcc: b@example.org") })
        {
            var (status, body) = await admin.SendAsync(HttpMethod.Post, "/api/v1/people/invitations", new { email = address, name, roles = Array.Empty<string>(), locale = "en" });
            Assert.True(status == HttpStatusCode.BadRequest, body.ToJsonString());
        }
    }

    [Fact]
    public async Task Whoever_forgot_gets_a_link_and_nobody_learns_who_has_an_account()
    {
        var person = await portal.PersonAsync("Forgetful");
        var unknown = $"nobody.{Guid.CreateVersion7():N}@example.org";
        var pages = new List<string>();
        foreach (var email in new[] { person.Email, unknown })
        {
            using var visitor = new Visitor(portal.Url);
            await visitor.OpenAsync("/forgot-password");
            await visitor.SubmitAsync("/forgot-password", ("email", email));
            Assert.Equal(HttpStatusCode.OK, visitor.Status);
            pages.Add(visitor.Page);
        }

        Assert.Single(pages.Distinct(StringComparer.Ordinal));
        var link = AccountsPortal.LinkIn(await portal.MailAsync(person.Email, "/reset-password?token="));
        Assert.Empty(portal.Mails(unknown));

        // Signed in elsewhere; and the address is locked by somebody who guesses.
        using var session = await portal.SignedInAsync(person);
        Assert.Equal(HttpStatusCode.OK, await session.Browser.MeAsync());
        await portal.WithDbAsync(async db =>
        {
            db.Add(new FailureCount { Key = SignInAttempts.Password(person.Email), LockedUntil = AccountsPortal.Now.AddHours(1), LastAt = AccountsPortal.Now });
            return await db.SaveChangesAsync();
        });
        using var owner = new Visitor(portal.Url);
        await owner.OpenAsync(link);
        await owner.SubmitAsync("/reset-password", ("password", "too short"), ("repeat", "too short"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, owner.Status);
        var form = owner.Form("/reset-password");
        (form["password"], form["repeat"]) = (NewPassword, NewPassword);
        var cookies = owner.Browser.Cookies.ToList();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            using var one = new Visitor(portal.Url);
            cookies.ForEach(c => one.Browser.Cookies[c.Key] = c.Value);
            await one.PostAsync("/reset-password", form);
            return one.Status;
        }));
        Assert.Single(statuses, HttpStatusCode.OK);
        Assert.NotEqual(HttpStatusCode.OK, await session.Browser.MeAsync());
        await portal.MailAsync(person.Email, "password was changed");
        Assert.Equal(1, await portal.EntriesAsync("account.password.set", person.Id));
        foreach (var (password, status) in new[] { (AccountsPortal.GoodPassword, HttpStatusCode.UnprocessableEntity), (NewPassword, HttpStatusCode.Redirect) })
        {
            await owner.SignInAsync(await portal.InteractionAsync(), person.Email, password);
            Assert.Equal(status, owner.Status);
        }
    }

    [Fact]
    public async Task A_link_is_good_for_an_hour_for_its_purpose_and_not_for_a_disabled_account()
    {
        var person = await portal.PersonAsync("Slow");
        var (token, other) = (LinkToken.New(), LinkToken.New());
        await portal.WithDbAsync(async db =>
        {
            db.Add(OneTimeLink.For(LinkPurpose.ResetPassword, person.Id, token, AccountsPortal.Now.AddHours(1)));
            db.Add(OneTimeLink.For(LinkPurpose.NewAddress, person.Id, other, AccountsPortal.Now.AddHours(1), "new@example.org"));
            return await db.SaveChangesAsync();
        });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/reset-password?token=" + token));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/reset-password?token=" + other));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/new-address?token=" + token));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/invitation?token=" + token));
        foreach (var guess in new[] { "", token[..^1], token + "A", LinkToken.Hash(token), token.ToUpperInvariant(), "%00", new string('A', 8000) })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/reset-password?token=" + guess));
        }

        await portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == person.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDisabled, true)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/reset-password?token=" + token));
        await portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == person.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDisabled, false)));
        await portal.WithDbAsync(db => db.Set<OneTimeLink>().Where(l => l.AccountId == person.Id).ExecuteUpdateAsync(l => l.SetProperty(x => x.ExpiresAt, AccountsPortal.Now.AddSeconds(-1))));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/reset-password?token=" + token));
    }

    [Fact]
    public async Task Asking_often_in_somebodys_name_does_not_fill_their_mailbox()
    {
        var person = await portal.PersonAsync("Bothered");
        using var visitor = new Visitor(portal.Url);
        for (var i = 0; i < 30; i++)
        {
            await visitor.OpenAsync("/forgot-password");
            await visitor.SubmitAsync("/forgot-password", ("email", person.Email));
            Assert.Equal(HttpStatusCode.OK, visitor.Status);
        }

        await WaitAsync(async () => await portal.WithDbAsync(db => db.Set<OneTimeLink>().CountAsync(l => l.AccountId == person.Id)) >= 10 ? "" : null);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal(10, await portal.WithDbAsync(db => db.Set<OneTimeLink>().CountAsync(l => l.AccountId == person.Id)));
    }

    [Fact]
    public async Task A_new_address_counts_when_its_owner_confirms_and_the_old_one_is_told()
    {
        var person = await portal.PersonAsync("Mover");
        var taken = await portal.PersonAsync("Neighbour");
        var email = $"moved.{Guid.CreateVersion7():N}@example.org";
        using var visitor = await portal.SignedInAsync(person);
        foreach (var (address, mails) in new[] { (taken.Email, 0), (email, 1) })
        {
            await visitor.OpenAsync("/account");
            await visitor.SubmitAsync("/account/address", ("new-email", address));
            // Which of the two is somebody else's is not told.
            Assert.Equal("/account?notice=address", visitor.Location!.OriginalString);
            Assert.Equal(mails, await portal.WithDbAsync(db => db.Set<OneTimeLink>().CountAsync(l => l.AccountId == person.Id)));
        }

        var link = AccountsPortal.LinkIn(await portal.MailAsync(email, "/new-address?token="));
        await portal.MailAsync(person.Email, "was requested");
        await visitor.OpenAsync(link);
        Assert.Equal(person.Email, await EmailAsync(person));
        await visitor.SubmitAsync("/new-address");
        Assert.Equal(HttpStatusCode.OK, visitor.Status);
        Assert.Equal(email, await EmailAsync(person));
        await portal.MailAsync(person.Email, "address was changed");
        Assert.NotEqual(HttpStatusCode.OK, await visitor.Browser.MeAsync());
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(link));
    }

    [Fact]
    public async Task The_first_administrator_gets_a_link_and_another_one_when_it_is_lost()
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var first = scope.ServiceProvider.GetRequiredService<IFirstAdministrator>();
        await portal.WithDbAsync(db => db.Set<AccountRole>().Where(r => r.Role == Roles.Admin).ExecuteDeleteAsync());
        var email = $"first.{Guid.CreateVersion7():N}@example.org";
        var made = await first.CreateAsync(email, null, TestContext.Current.CancellationToken);
        var again = await first.CreateAsync(email, null, TestContext.Current.CancellationToken);
        Assert.Equal("administrator_exists", (await first.CreateAsync("another@example.org", null, TestContext.Current.CancellationToken)).Refusal?.Code);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (await StatusAsync(made.Invitation!.PathAndQuery), await StatusAsync(again.Invitation!.PathAndQuery)));
        using var visitor = new Visitor(portal.Url);
        await visitor.OpenAsync(again.Invitation.PathAndQuery);
        await visitor.SubmitAsync("/invitation", ("password", NewPassword), ("repeat", NewPassword));
        Assert.Equal(HttpStatusCode.OK, visitor.Status);
        await visitor.SignInAsync(await portal.InteractionAsync(), email, NewPassword);
        Assert.StartsWith("/sign-in/enrol?", visitor.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("administrator_exists", (await first.CreateAsync(email, null, TestContext.Current.CancellationToken)).Refusal?.Code);
    }

    private static async Task<(Guid Id, string Email)> InviteAsync(Staff admin, string name, string locale, params string[] roles)
    {
        var email = $"invited.{Guid.CreateVersion7():N}@example.org";
        var (status, body) = await admin.SendAsync(HttpMethod.Post, "/api/v1/people/invitations", new { email, name, roles, locale });
        Assert.True(status == HttpStatusCode.Created, body.ToJsonString());
        return (body["id"]!.GetValue<Guid>(), email);
    }

    private static Task<string> WaitAsync(Func<string?> look) => WaitAsync(() => Task.FromResult(look()));

    private static async Task<string> WaitAsync(Func<Task<string?>> look)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("It did not come.");
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var visitor = new Visitor(portal.Url);
        return (await visitor.OpenAsync(path)).Status;
    }

    private Task<string> EmailAsync(Account account) => portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == account.Id).Select(a => a.Email).SingleAsync());
}

public sealed class LinkTestsOnSqlite(SqliteAccounts portal) : LinkTests(portal), IClassFixture<SqliteAccounts>;

public sealed class LinkTestsOnPostgres(PostgresAccounts portal) : LinkTests(portal), IClassFixture<PostgresAccounts>;
