using System.Net;
using System.Text.RegularExpressions;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Tests;

/// <summary>Codes from an authenticator app, recovery codes, and how they are set up.</summary>
[Trait("Category", "Trust")]
public abstract class SecondFactorTests(AccountsPortal portal) : PortalTests(portal)
{
    private readonly string _key = Totp.NewKey();

    /// <summary>RFC 6238, appendix B: SHA-1, the last six of its eight figures.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    public void Codes_are_those_of_the_standard(long time, string code) => Assert.Equal(code, Totp.Code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", time / 30));

    [Fact]
    public async Task A_code_completes_the_sign_in_and_is_worth_nothing_afterwards()
    {
        var person = await portal.PersonAsync("Member", _key);
        var code = CodeNow();
        var (visitor, uid) = await PasswordGivenAsync(person);
        using (visitor)
        {
            await visitor.SubmitAsync("/sign-in/code", ("code", code[..3] + " " + code[3..]));
            var decision = await portal.RedeemAsync(uid, visitor.Location);
            Assert.Equal((person.Subject, "urn:dataportal:acr:mfa", "pwd otp mfa"), (decision!.Subject, decision.Acr, string.Join(' ', decision.Amr!)));
        }

        // Seen over the shoulder: within its half minute the code would be right, were it not used.
        var (thief, other) = await PasswordGivenAsync(person);
        using (thief)
        {
            await thief.SubmitAsync("/sign-in/code", ("code", code));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, thief.Status);
            Assert.Null(await portal.RedeemAsync(other, thief.Location));

            // The control: forgotten that it was used, the same code is taken.
            await portal.WithDbAsync(db => db.Set<Credential>().Where(c => c.Id == person.Id).ExecuteUpdateAsync(c => c.SetProperty(x => x.LastTotpStep, (long?)null)));
            await thief.SubmitAsync("/sign-in/code", ("code", code));
            Assert.NotNull(await portal.RedeemAsync(other, thief.Location));
        }
    }

    [Fact]
    public async Task Of_many_who_type_the_same_code_at_once_one_comes_in()
    {
        var person = await portal.PersonAsync("Member", _key);
        var (visitor, _) = await PasswordGivenAsync(person);
        var form = visitor.Form("/sign-in/code");
        var cookies = visitor.Browser.Cookies.ToList();
        form["code"] = CodeNow();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var one = new Visitor(portal.Url);
            cookies.ForEach(c => one.Browser.Cookies[c.Key] = c.Value);
            await one.PostAsync("/sign-in/code", form);
            return one.Status;
        }));
        Assert.Single(statuses, HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Guessing_codes_locks_them_and_the_right_one_comes_too_late()
    {
        var person = await portal.PersonAsync("Member", _key);
        var (visitor, _) = await PasswordGivenAsync(person);
        for (var guess = 0; guess < 10; guess++)
        {
            await visitor.SubmitAsync("/sign-in/code", ("code", Wrong()));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, visitor.Status);
        }

        await visitor.SubmitAsync("/sign-in/code", ("code", CodeNow()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, visitor.Status);
        Assert.True(await portal.EntriesAsync("sign-in.locked") >= 1);

        // The control: without the count it is taken.
        await portal.WithDbAsync(db => db.Set<FailureCount>().Where(c => c.Key == SignInAttempts.Code(person.Id)).ExecuteDeleteAsync());
        await visitor.SubmitAsync("/sign-in/code", ("code", CodeNow()));
        Assert.Equal(HttpStatusCode.Redirect, visitor.Status);
    }

    [Fact]
    public async Task The_second_step_is_not_reached_without_the_first_one_nor_for_another_sign_in()
    {
        var person = await portal.PersonAsync("Member", _key);
        var uid = await portal.InteractionAsync();
        using var stranger = new Visitor(portal.Url);
        await stranger.OpenAsync("/sign-in/code?uid=" + uid);
        Assert.Equal(HttpStatusCode.NotFound, stranger.Status);

        var (visitor, _) = await PasswordGivenAsync(person);
        var form = visitor.Form("/sign-in/code");
        await visitor.PostAsync("/sign-in/code", new(form, StringComparer.Ordinal) { ["uid"] = uid, ["code"] = CodeNow() });
        Assert.Equal(HttpStatusCode.NotFound, visitor.Status);

        // A password changed meanwhile, and an account disabled meanwhile, end what was begun.
        await portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == person.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDisabled, true)));
        await visitor.PostAsync("/sign-in/code", new(form, StringComparer.Ordinal) { ["code"] = CodeNow() });
        Assert.Equal(HttpStatusCode.NotFound, visitor.Status);
        await portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == person.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDisabled, false)));
        await portal.WithDbAsync(db => db.Set<Credential>().Where(c => c.Id == person.Id).ExecuteUpdateAsync(c => c.SetProperty(x => x.SecurityStamp, "another")));
        await visitor.PostAsync("/sign-in/code", new(form, StringComparer.Ordinal) { ["code"] = CodeNow() });
        Assert.Equal(HttpStatusCode.NotFound, visitor.Status);
    }

    [Fact]
    public async Task Staff_set_up_a_second_step_at_their_first_sign_in_and_keep_their_recovery_codes()
    {
        var person = await portal.PersonAsync("Steward", roles: Roles.Steward);
        var uid = await portal.InteractionAsync();
        using var visitor = new Visitor(portal.Url);
        await visitor.SignInAsync(uid, person.Email, AccountsPortal.GoodPassword);
        Assert.Equal("/sign-in/enrol?uid=" + uid, visitor.Location!.OriginalString);
        await visitor.FollowAsync();
        var key = KeyOn(visitor);
        await visitor.SubmitAsync("/sign-in/enrol", ("code", "000000"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, visitor.Status);
        Assert.Equal(key, KeyOn(visitor));
        Assert.Null(await portal.RedeemAsync(uid, visitor.Location));

        await visitor.SubmitAsync("/sign-in/enrol", ("code", CodeNow(key)));
        var codes = RecoveryCodesOn(visitor);
        Assert.Equal(10, codes.Distinct(StringComparer.Ordinal).Count());
        await visitor.SubmitAsync("/sign-in/continue");
        Assert.Equal("urn:dataportal:acr:mfa", (await portal.RedeemAsync(uid, visitor.Location))!.Acr);
        Assert.Contains("second step", await portal.MailAsync(person.Email, "second step"), StringComparison.Ordinal);
        Assert.Equal(1, await portal.EntriesAsync("account.second-factor.added", person.Id));

        // Each recovery code lets in once; eight at once with the same one: one of them.
        using var atOnce = (await PasswordGivenAsync(person)).Visitor;
        var form = atOnce.Form("/sign-in/recovery");
        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var one = new Visitor(portal.Url);
            atOnce.Browser.Cookies.ToList().ForEach(c => one.Browser.Cookies[c.Key] = c.Value);
            await one.PostAsync("/sign-in/recovery", new(form, StringComparer.Ordinal) { ["recovery"] = codes[0].ToLowerInvariant() });
            return one.Status;
        }));
        Assert.InRange(statuses.Count(s => s == HttpStatusCode.Redirect), 0, 1);
        foreach (var (code, expected) in new[] { (codes[1], HttpStatusCode.Redirect), (codes[1], HttpStatusCode.UnprocessableEntity), (codes[2].Replace("-", " ", StringComparison.Ordinal), HttpStatusCode.Redirect), ("AAAAA-AAAAA", HttpStatusCode.UnprocessableEntity) })
        {
            var (again, at) = await PasswordGivenAsync(person);
            using (again)
            {
                await again.SubmitAsync("/sign-in/recovery", ("recovery", code));
                Assert.Equal(expected, again.Status);
                Assert.Equal(expected == HttpStatusCode.Redirect, await portal.RedeemAsync(at, again.Location) is not null);
            }
        }

        await portal.MailAsync(person.Email, "recovery codes was used");
    }

    [Fact]
    public async Task A_key_offered_to_one_person_cannot_be_set_up_for_another_or_later()
    {
        var (first, second) = (await portal.PersonAsync("One", roles: Roles.Steward), await portal.PersonAsync("Two", roles: Roles.Steward));
        var (one, _) = await PasswordGivenAsync(first);
        var (two, _) = await PasswordGivenAsync(second);
        using (one)
        using (two)
        {
            var key = KeyOn(one);
            Assert.NotEqual(key, KeyOn(two));
            var offer = one.Form("/sign-in/enrol")["offer"];
            foreach (var (offered, label) in new[] { (offer, "another's"), ("", "none"), (offer[..^4] + "AAAA", "altered"), (key, "in the clear") })
            {
                await two.SubmitAsync("/sign-in/enrol", ("offer", offered), ("code", CodeNow(key)));
                Assert.True(two.Status == HttpStatusCode.UnprocessableEntity, label);
                Assert.NotEqual(key, KeyOn(two));
            }

            // The control, and: whoever knew the password and looked first learns nothing by it.
            await one.SubmitAsync("/sign-in/enrol", ("code", CodeNow(key)));
            Assert.Equal(10, RecoveryCodesOn(one).Count);
            var stored = await portal.WithDbAsync(db => db.Set<CredentialToken>().Where(t => t.UserId == first.Id).ToListAsync());
            Assert.Equal(2, stored.Count);
            Assert.All(stored, t => Assert.DoesNotContain(key, t.Value!, StringComparison.Ordinal));
            Assert.Empty(await portal.WithDbAsync(db => db.Set<CredentialToken>().Where(t => t.UserId == second.Id).ToListAsync()));
        }
    }

    private static string KeyOn(Visitor visitor) => Regex.Match(visitor.Page, "class=\"key\">(?<key>[A-Z2-7 ]+)<", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["key"].Value.Replace(" ", "", StringComparison.Ordinal);

    private static List<string> RecoveryCodesOn(Visitor visitor) =>
        [.. Regex.Matches(visitor.Page, "<li><code>(?<code>[^<]+)</code>", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(m => m.Groups["code"].Value)];

    private string CodeNow(string? key = null) => Totp.Code(key ?? _key, Totp.Now);

    private string Wrong() => Enumerable.Range(0, 10).Select(i => $"00000{i}").First(c => Totp.Match(_key, c, Totp.Now) is null);

    private async Task<(Visitor Visitor, string Uid)> PasswordGivenAsync(Account person)
    {
        var uid = await portal.InteractionAsync();
        var visitor = new Visitor(portal.Url);
        await visitor.SignInAsync(uid, person.Email, AccountsPortal.GoodPassword);
        Assert.Equal(HttpStatusCode.Redirect, visitor.Status);
        await visitor.FollowAsync();
        return (visitor, uid);
    }
}

public sealed class SecondFactorTestsOnSqlite(SqliteAccounts portal) : SecondFactorTests(portal), IClassFixture<SqliteAccounts>;

public sealed class SecondFactorTestsOnPostgres(PostgresAccounts portal) : SecondFactorTests(portal), IClassFixture<PostgresAccounts>;
