using System.Diagnostics;
using System.Net;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Tests;

/// <summary>An address and a password at our own sign-in, and whoever guesses them.</summary>
[Trait("Category", "Trust")]
public abstract class PasswordSignInTests(AccountsPortal portal) : PortalTests(portal)
{
    private const string Wrong = "a wrong password, certainly";

    [Fact]
    public async Task The_right_password_signs_somebody_in_with_one_factor()
    {
        var person = await portal.PersonAsync("Member");
        var uid = await portal.InteractionAsync();
        using var visitor = new Visitor(portal.Url);

        await visitor.SignInAsync(uid, "  " + person.Email.ToUpperInvariant(), AccountsPortal.GoodPassword);

        Assert.Equal(HttpStatusCode.Redirect, visitor.Status);
        var decision = await portal.RedeemAsync(uid, visitor.Location);
        Assert.Equal((person.Subject, "urn:dataportal:acr:password", "pwd"), (decision!.Subject, decision.Acr, string.Join(' ', decision.Amr!)));
        Assert.Equal(1, await portal.EntriesAsync("account.signed-in", person.Id));
        // The ticket was one use.
        Assert.Null(await portal.RedeemAsync(uid, visitor.Location));
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_address_and_a_disabled_account_are_one_answer()
    {
        var person = await portal.PersonAsync("Member");
        var disabled = await portal.PersonAsync("Leaver");
        await portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == disabled.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDisabled, true)));
        var pages = new List<string>();
        foreach (var (email, password) in new[] { (person.Email, Wrong), ("nobody@example.org", Wrong), (disabled.Email, AccountsPortal.GoodPassword), ("no address", ""), ("", "") })
        {
            using var visitor = new Visitor(portal.Url);
            var uid = await portal.InteractionAsync();
            await visitor.SignInAsync(uid, email, password);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, visitor.Status);
            Assert.Null(visitor.Location);
            var page = visitor.Page.Replace(uid, "", StringComparison.Ordinal).Replace(visitor.Form("/sign-in")["__RequestVerificationToken"], "", StringComparison.Ordinal);
            pages.Add(Without(page, visitor, email));
        }

        Assert.Single(pages.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public Task Guessing_lets_nobody_in_and_locks_the_address_known_or_not() => GuessAndLookAsync(1000);

    [Fact]
    [Trait("Category", "Full")]
    public Task Guessing_ten_thousand_times_lets_nobody_in_either() => GuessAndLookAsync(10_000);

    private async Task GuessAndLookAsync(int guesses)
    {
        var person = await portal.PersonAsync("Victim");
        foreach (var email in new[] { person.Email, $"nobody.{Guid.CreateVersion7():N}@example.org" })
        {
            var tally = await GuessAsync(portal.Url, await portal.InteractionAsync(), email, guesses);
            Assert.Equal((0, guesses), (tally.In, tally.Refused));
        }

        // Somewhere among the guesses was the right one, and still nobody is in; not even its owner, until the lock is over.
        using var owner = new Visitor(portal.Url);
        await owner.SignInAsync(await portal.InteractionAsync(), person.Email, AccountsPortal.GoodPassword);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, owner.Status);
        Assert.True(await portal.EntriesAsync("sign-in.locked") >= 2);

        await EndLockAsync(person.Email);
        await owner.SignInAsync(await portal.InteractionAsync(), person.Email, AccountsPortal.GoodPassword);
        Assert.Equal(HttpStatusCode.Redirect, owner.Status);
    }

    [Fact]
    public async Task The_same_guesses_come_in_where_nothing_locks()
    {
        var person = await portal.PersonAsync("Victim");
        await using var open = await NodeAsync(failures: int.MaxValue);
        var tally = await GuessAsync(new Uri(open.Urls.Single()), await portal.InteractionAsync(), person.Email, 40);
        Assert.Equal(1, tally.In);
    }

    [Fact]
    public async Task Guesses_sent_at_once_are_counted_before_they_are_judged()
    {
        var person = await portal.PersonAsync("Victim");
        var uid = await portal.InteractionAsync();
        using var visitor = new Visitor(portal.Url);
        await visitor.OpenAsync("/sign-in?uid=" + uid);
        var form = visitor.Form("/sign-in");
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            using var other = new Visitor(portal.Url);
            Copy(visitor, other);
            await other.PostAsync("/sign-in", new(form, StringComparer.Ordinal) { ["email"] = person.Email, ["password"] = $"{Wrong} {i}" });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        }));

        var count = await portal.WithDbAsync(db => db.Set<FailureCount>().SingleAsync(c => c.Key == SignInAttempts.Password(person.Email)));
        // Ten were judged; the rest found the lock, which stands as it was first set.
        Assert.Equal((10, 1), (count.Failures, count.Locks));
    }

    [Fact]
    public async Task Each_further_lock_lasts_twice_as_long_and_a_success_forgets()
    {
        var person = await portal.PersonAsync("Victim");
        var minutes = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            await GuessAsync(portal.Url, await portal.InteractionAsync(), person.Email, 10, rightOne: -1);
            var count = await portal.WithDbAsync(db => db.Set<FailureCount>().AsNoTracking().SingleAsync(c => c.Key == SignInAttempts.Password(person.Email)));
            minutes.Add(Math.Round((count.LockedUntil!.Value - count.LastAt).TotalMinutes));
            await EndLockAsync(person.Email);
        }

        Assert.Equal([15, 30, 60], minutes);
        using var owner = new Visitor(portal.Url);
        await owner.SignInAsync(await portal.InteractionAsync(), person.Email, AccountsPortal.GoodPassword);
        Assert.Equal(HttpStatusCode.Redirect, owner.Status);
        Assert.Equal(0, await portal.WithDbAsync(db => db.Set<FailureCount>().Where(c => c.Key == SignInAttempts.Password(person.Email)).Select(c => c.Locks + c.Failures).SingleAsync()));
    }

    [Fact]
    public async Task Known_and_unknown_addresses_take_the_same_time()
    {
        var known = (await portal.PersonAsync("Timed")).Email;
        const string Unknown = "nobody-at-all@example.org";
        const string Locked = "nobody-either@example.org";
        await using var open = await NodeAsync(failures: int.MaxValue);
        using var visitor = new Visitor(new Uri(open.Urls.Single()));
        await visitor.OpenAsync("/sign-in?uid=" + await portal.InteractionAsync());
        var form = visitor.Form("/sign-in");

        // A control of the measure itself: a lock answers without any hash, and must be seen.
        using var locked = new Visitor(portal.Url);
        await GuessAsync(portal.Url, form["uid"], Locked, 11, rightOne: -1);
        Copy(visitor, locked);
        Assert.InRange(await RatioAsync(visitor, known, locked, Locked, form, pairs: 9), 1.5, 10_000);

        var ratios = new List<double>();
        do
        {
            ratios.Add(await RatioAsync(visitor, known, visitor, Unknown, form, pairs: 41));
        }
        while (ratios[^1] is < 0.95 or > 1.05 && ratios.Count < 3);
        TestContext.Current.SendDiagnosticMessage("known/unknown: {0}", string.Join(", ", ratios));
        Assert.InRange(ratios[^1], 0.95, 1.05);
    }

    private static async Task<double> RatioAsync(Visitor first, string firstEmail, Visitor second, string secondEmail, Dictionary<string, string> form, int pairs)
    {
        var ratios = new List<double>();
        for (var pair = -2; pair < pairs; pair++)
        {
            // Either comes first as often.
            double a, b;
            if (pair % 2 == 0)
            {
                a = await TimeAsync(first, firstEmail, form);
                b = await TimeAsync(second, secondEmail, form);
            }
            else
            {
                b = await TimeAsync(second, secondEmail, form);
                a = await TimeAsync(first, firstEmail, form);
            }

            if (pair >= 0)
            {
                ratios.Add(a / b);
            }
        }

        return ratios.Order().ElementAt(ratios.Count / 2);
    }

    private static async Task<double> TimeAsync(Visitor visitor, string email, Dictionary<string, string> form)
    {
        var began = Stopwatch.GetTimestamp();
        await visitor.PostAsync("/sign-in", new(form, StringComparer.Ordinal) { ["email"] = email, ["password"] = Wrong });
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, visitor.Status);
        return took;
    }

    private static async Task<(int In, int Refused)> GuessAsync(Uri url, string uid, string email, int guesses, int rightOne = 30)
    {
        using var visitor = new Visitor(url);
        await visitor.OpenAsync("/sign-in?uid=" + uid);
        var form = visitor.Form("/sign-in");
        var (isIn, refused) = (0, 0);
        for (var guess = 0; guess < guesses; guess++)
        {
            await visitor.PostAsync("/sign-in", new(form, StringComparer.Ordinal) { ["email"] = email, ["password"] = guess == rightOne ? AccountsPortal.GoodPassword : $"{Wrong} {guess}" });
            isIn += visitor.Status == HttpStatusCode.Redirect ? 1 : 0;
            refused += visitor.Status == HttpStatusCode.UnprocessableEntity ? 1 : 0;
        }

        return (isIn, refused);
    }

    private static void Copy(Visitor from, Visitor to)
    {
        foreach (var (name, value) in from.Browser.Cookies)
        {
            to.Browser.Cookies[name] = value;
        }
    }

    private static string Without(string page, Visitor visitor, string email) =>
        page.Replace(visitor.Form("/sign-in/abort")["__RequestVerificationToken"], "", StringComparison.Ordinal)
            .Replace(visitor.Form("/sign-in/passkey")["__RequestVerificationToken"], "", StringComparison.Ordinal)
            .Replace($" value=\"{email}\" autocomplete=\"username", " autocomplete=\"username", StringComparison.Ordinal);

    private Task<int> EndLockAsync(string email) => portal.WithDbAsync(db => db.Set<FailureCount>().Where(c => c.Key == SignInAttempts.Password(email))
        .ExecuteUpdateAsync(c => c.SetProperty(x => x.LockedUntil, AccountsPortal.Now.AddSeconds(-1))));

    /// <summary>Another Host on the same database.</summary>
    private Task<WebApplication> NodeAsync(int failures) => portal.NodeAsync(services => services.Configure<SignInOptions>(o => o.FailuresBeforeLock = failures));
}

public sealed class PasswordSignInTestsOnSqlite(SqliteAccounts portal) : PasswordSignInTests(portal), IClassFixture<SqliteAccounts>;

public sealed class PasswordSignInTestsOnPostgres(PostgresAccounts portal) : PasswordSignInTests(portal), IClassFixture<PostgresAccounts>;
