using System.Net;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Tests;

/// <summary>Passkeys, by an authenticator in software that tells the truth, or not.</summary>
[Trait("Category", "Trust")]
public abstract class PasskeyTests(AccountsPortal portal) : PortalTests(portal)
{
    private const string RpId = "portal.example";

    private static readonly Authenticator.Claim Honest = new() { Origin = SignInPortal.Public, RpId = RpId };

    private static Dictionary<string, Func<Authenticator, Authenticator.Claim>> Lies { get; } = new(StringComparer.Ordinal)
    {
        ["another origin"] = _ => Honest with { Origin = "https://forger.example" },
        ["a subdomain"] = _ => Honest with { Origin = "https://login.portal.example" },
        ["http"] = _ => Honest with { Origin = "http://portal.example" },
        ["another port"] = _ => Honest with { Origin = "https://portal.example:8443" },
        ["in a frame of another site"] = _ => Honest with { CrossOrigin = true },
        ["another relying party"] = _ => Honest with { RpId = "forger.example" },
        ["another challenge"] = _ => Honest with { Challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
        ["no challenge"] = _ => Honest with { Challenge = "" },
        ["an attestation's type"] = _ => Honest with { Type = "webauthn.create" },
        ["nobody present"] = _ => Honest with { IsPresent = false },
        ["nobody verified"] = _ => Honest with { IsVerified = false },
        ["the counter again"] = a => Honest with { Counter = a.Counter },
        ["the counter back"] = a => Honest with { Counter = 0 },
        ["another credential"] = _ => Honest with { CredentialId = [1, 2, 3] },
        ["another user"] = _ => Honest with { UserHandle = "AAAA" },
        ["another key's signature"] = _ => Honest with { SpoilSignature = true },
    };

    public static TheoryData<string> LieNames => [.. Lies.Keys];

    [Fact]
    public async Task A_passkey_signs_somebody_in_with_two_factors_and_without_a_password()
    {
        using var passkey = new Authenticator();
        var person = await RegisteredAsync(passkey);
        // A password that somebody else has locked does not lock it.
        await portal.WithDbAsync(async db =>
        {
            db.Add(new FailureCount { Key = SignInAttempts.Password(person.Email), LockedUntil = AccountsPortal.Now.AddHours(1), LastAt = AccountsPortal.Now, Failures = 10 });
            return await db.SaveChangesAsync();
        });
        var (visitor, uid, options) = await AskedAsync();
        using (visitor)
        {
            await visitor.SubmitAsync("/sign-in/passkey", ("credential", passkey.Answer(options, Honest)));
            var decision = await portal.RedeemAsync(uid, visitor.Location);
            Assert.Equal((person.Subject, "urn:dataportal:acr:mfa", "hwk mfa"), (decision!.Subject, decision.Acr, string.Join(' ', decision.Amr!)));
        }
    }

    [Theory]
    [MemberData(nameof(LieNames))]
    public async Task An_answer_that_lies_about_one_thing_lets_nobody_in(string lie)
    {
        using var passkey = new Authenticator();
        await RegisteredAsync(passkey);
        // Used once, so that the counter kept is above zero.
        Assert.Equal(HttpStatusCode.Redirect, await AnswerAsync(passkey, Honest));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AnswerAsync(passkey, Lies[lie](passkey)));
        // The control: the same passkey, telling the truth.
        Assert.Equal(HttpStatusCode.Redirect, await AnswerAsync(passkey, Honest));
    }

    [Fact]
    public async Task An_answer_is_taken_once_by_the_browser_that_was_asked_and_for_that_sign_in()
    {
        using var passkey = new Authenticator();
        await RegisteredAsync(passkey);
        var (visitor, uid, options) = await AskedAsync();
        var form = visitor.Form("/sign-in/passkey");
        form["credential"] = passkey.Answer(options, Honest);
        var cookies = visitor.Browser.Cookies.ToList();

        using var elsewhere = new Visitor(portal.Url);
        cookies.Where(c => !c.Key.Contains("passkey", StringComparison.Ordinal)).ToList().ForEach(c => elsewhere.Browser.Cookies[c.Key] = c.Value);
        await elsewhere.PostAsync("/sign-in/passkey", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, elsewhere.Status);

        using var forOther = new Visitor(portal.Url);
        cookies.ForEach(c => forOther.Browser.Cookies[c.Key] = c.Value);
        await forOther.PostAsync("/sign-in/passkey", new(form, StringComparer.Ordinal) { ["uid"] = await portal.InteractionAsync() });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, forOther.Status);

        await visitor.PostAsync("/sign-in/passkey", form);
        Assert.NotNull(await portal.RedeemAsync(uid, visitor.Location));

        // With everything the first one had, cookie included; the counter alone would not stop it where an authenticator keeps none.
        using var replay = new Visitor(portal.Url);
        cookies.ForEach(c => replay.Browser.Cookies[c.Key] = c.Value);
        await replay.PostAsync("/sign-in/passkey", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, replay.Status);
    }

    [Fact]
    public async Task An_answer_from_an_authenticator_that_does_not_count_is_taken_once_too()
    {
        using var passkey = new Authenticator();
        await RegisteredAsync(passkey, Honest with { Counter = 0 });
        var (visitor, uid, options) = await AskedAsync();
        var cookies = visitor.Browser.Cookies.ToList();
        var form = visitor.Form("/sign-in/passkey");
        form["credential"] = passkey.Answer(options, Honest with { Counter = 0 });
        await visitor.PostAsync("/sign-in/passkey", form);
        Assert.NotNull(await portal.RedeemAsync(uid, visitor.Location));
        using var replay = new Visitor(portal.Url);
        cookies.ForEach(c => replay.Browser.Cookies[c.Key] = c.Value);
        await replay.PostAsync("/sign-in/passkey", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, replay.Status);

        // The control: with the record of its use gone, it would be taken again.
        await portal.WithDbAsync(db => db.Set<UsedProof>().ExecuteDeleteAsync());
        await replay.PostAsync("/sign-in/passkey", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, replay.Status); // its cookie went with the first answer
        cookies.ForEach(c => replay.Browser.Cookies[c.Key] = c.Value);
        await replay.PostAsync("/sign-in/passkey", form);
        Assert.Equal(HttpStatusCode.Redirect, replay.Status);
    }

    [Fact]
    public async Task A_disabled_account_has_no_use_of_its_passkey_nor_of_one_removed()
    {
        using var passkey = new Authenticator();
        var person = await RegisteredAsync(passkey);
        await portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == person.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDisabled, true)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AnswerAsync(passkey, Honest));
        await portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == person.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDisabled, false)));
        Assert.Equal(HttpStatusCode.Redirect, await AnswerAsync(passkey, Honest));
        await portal.WithDbAsync(db => db.Set<CredentialPasskey>().Where(p => p.UserId == person.Id).ExecuteDeleteAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AnswerAsync(passkey, Honest));
    }

    [Fact]
    public async Task Registering_needs_a_fresh_sign_in_an_own_challenge_and_the_right_place()
    {
        var person = await portal.PersonAsync("Member");
        using var stale = await portal.SignedInAsync(person, TimeSpan.FromHours(1));
        await stale.OpenAsync("/account");
        using var passkey = new Authenticator();
        await stale.PostAsync("/account/passkeys/options", stale.Form("/account/passkeys"));
        Assert.Equal("/session/start?return=/account&step_up=1", stale.Location!.OriginalString);

        using var fresh = await portal.SignedInAsync(person);
        foreach (var claim in new[] { Honest with { Origin = "https://forger.example" }, Honest with { RpId = "forger.example" }, Honest with { Challenge = "AAAA" }, Honest with { Type = "webauthn.get" }, Honest with { IsVerified = false } })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await RegisterAsync(fresh, passkey, claim));
        }

        Assert.Equal(HttpStatusCode.Redirect, await RegisterAsync(fresh, passkey, Honest));
        await fresh.OpenAsync("/account");
        Assert.Contains("value=\"<Laptop>\"", fresh.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<Laptop>", fresh.Page, StringComparison.Ordinal);
        Assert.Equal(1, await portal.EntriesAsync("account.passkey.added", person.Id));
        await portal.MailAsync(person.Email, "passkey was added");

        // Nobody else can rename or remove it.
        var other = await portal.PersonAsync("Other");
        using var stranger = await portal.SignedInAsync(other);
        using var own = new Authenticator();
        Assert.Equal(HttpStatusCode.Redirect, await RegisterAsync(stranger, own, Honest));
        await stranger.OpenAsync("/account");
        await stranger.SubmitAsync("/account/passkeys/remove", ("id", System.Buffers.Text.Base64Url.EncodeToString(passkey.CredentialId)));
        await stranger.OpenAsync("/account");
        await stranger.SubmitAsync("/account/passkeys/rename", ("id", System.Buffers.Text.Base64Url.EncodeToString(passkey.CredentialId)), ("name", "mine now"));
        var stored = await portal.WithDbAsync(db => db.Set<CredentialPasskey>().AsNoTracking().SingleAsync(p => p.UserId == person.Id));
        Assert.Equal("<Laptop>", stored.Data.Name);
    }

    private async Task<Account> RegisteredAsync(Authenticator passkey, Authenticator.Claim? claim = null)
    {
        var person = await portal.PersonAsync("Member");
        using var visitor = await portal.SignedInAsync(person);
        Assert.Equal(HttpStatusCode.Redirect, await RegisterAsync(visitor, passkey, claim ?? Honest));
        return person;
    }

    private static async Task<HttpStatusCode> RegisterAsync(Visitor visitor, Authenticator passkey, Authenticator.Claim claim)
    {
        await visitor.OpenAsync("/account");
        var form = visitor.Form("/account/passkeys");
        await visitor.PostAsync("/account/passkeys/options", form);
        Assert.Equal(HttpStatusCode.OK, visitor.Status);
        form["credential"] = passkey.Register(visitor.Page, claim);
        form["passkey-name"] = "<Laptop>";
        await visitor.PostAsync("/account/passkeys", form);
        return visitor.Status;
    }

    private async Task<(Visitor Visitor, string Uid, string Options)> AskedAsync()
    {
        var uid = await portal.InteractionAsync();
        var visitor = new Visitor(portal.Url);
        await visitor.OpenAsync("/sign-in?uid=" + uid);
        var page = visitor.Page;
        await visitor.PostAsync("/sign-in/passkey/options", visitor.Form("/sign-in/passkey"));
        Assert.Equal(HttpStatusCode.OK, visitor.Status);
        var options = visitor.Page;
        visitor.Show(page);
        return (visitor, uid, options);
    }

    private async Task<HttpStatusCode> AnswerAsync(Authenticator passkey, Authenticator.Claim claim)
    {
        var (visitor, uid, options) = await AskedAsync();
        using (visitor)
        {
            await visitor.SubmitAsync("/sign-in/passkey", ("credential", passkey.Answer(options, claim)));
            Assert.Equal(visitor.Status == HttpStatusCode.Redirect, await portal.RedeemAsync(uid, visitor.Location) is not null);
            return visitor.Status;
        }
    }
}

public sealed class PasskeyTestsOnSqlite(SqliteAccounts portal) : PasskeyTests(portal), IClassFixture<SqliteAccounts>;

public sealed class PasskeyTestsOnPostgres(PostgresAccounts portal) : PasskeyTests(portal), IClassFixture<PostgresAccounts>;
