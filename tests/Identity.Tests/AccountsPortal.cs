using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using DataPortal.Host;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Provider;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tests;

/// <summary>The portal with its own accounts. The provider's part of a sign-in is played: an interaction is put into its store, and the ticket on the way back is redeemed.</summary>
public abstract class AccountsPortal(DatabaseProvider provider) : SignInPortal(provider)
{
    public const string GoodPassword = "purple tractor quietly ripens";

    public string MailFolder => Path.Combine(Folder, "mail");

    protected override void Configure(IDictionary<string, string?> settings)
    {
        settings["SignIn:RequestsPerMinute"] = "1000000";
        settings["Mail:PickupFolder"] = MailFolder;
        base.Configure(settings);
    }

    /// <summary>Somebody with a password, and with an authenticator app if <paramref name="totpKey"/> is its key.</summary>
    internal async Task<Account> PersonAsync(string name, string? totpKey = null, string password = GoodPassword, params string[] roles)
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        var account = Account.Create(name, $"{name}.{Guid.CreateVersion7():N}@example.org", null, roles, Now);
        var credential = Credential.For(account);
        credential.SetPassword(scope.ServiceProvider.GetRequiredService<NormalisingHasher>().HashPassword(credential, password));
        db.Add(account);
        db.Add(credential);
        if (totpKey is not null)
        {
            await ((IUserAuthenticatorKeyStore<Credential>)scope.ServiceProvider.GetRequiredService<IUserStore<Credential>>()).SetAuthenticatorKeyAsync(credential, totpKey, CancellationToken.None);
            credential.TwoFactorEnabled = true;
        }

        await db.SaveChangesAsync();
        return account;
    }

    /// <summary>What the provider stores before it sends a browser to the sign-in page.</summary>
    public async Task<string> InteractionAsync(string prompt = "login", string? acr = null, string? subject = null, string scopes = "openid profile portal")
    {
        var uid = Guid.CreateVersion7().ToString("N");
        var asked = new Dictionary<string, object?>(StringComparer.Ordinal) { ["client_id"] = "portal-cli", ["scope"] = scopes, ["acr_values"] = acr };
        var payload = JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["exp"] = new DateTimeOffset(Now.AddHours(1)).ToUnixTimeSeconds(), ["uid"] = uid, ["params"] = asked,
            ["prompt"] = new { name = prompt }, ["session"] = subject is null ? null : new { accountId = subject },
        });
        await using var scope = Services.CreateAsyncScope();
        Assert.Equal(StoreRefusal.None, await scope.ServiceProvider.GetRequiredService<ProviderStore>().UpsertAsync(Models.Interaction, uid, payload, 3600, CancellationToken.None));
        return uid;
    }

    /// <summary>What the provider makes of the address that the pages send the browser to; null when it is no way back, or not good.</summary>
    internal async Task<Decision?> RedeemAsync(string uid, Uri? location)
    {
        if (location?.OriginalString.StartsWith($"{FakeAuthority.Realm}/interaction/{uid}/finish?ticket=", StringComparison.Ordinal) != true)
        {
            return null;
        }

        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Interactions>().RedeemAsync(uid, HttpUtility.ParseQueryString(location.Query)["ticket"]!, CancellationToken.None);
    }

    /// <summary>Another Host on the same database.</summary>
    public async Task<WebApplication> NodeAsync(Action<IServiceCollection>? customise = null)
    {
        var app = PortalApplication.Build(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build(), new RunMode(IsEvaluation: false), builder =>
        {
            builder.Logging.ClearProviders();
            Join(builder);
            customise?.Invoke(builder.Services);
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>Somebody with a session of the portal's pages, begun at the authority so long ago.</summary>
    internal async Task<Visitor> SignedInAsync(Account account, TimeSpan ago = default, string acr = "urn:dataportal:acr:mfa")
    {
        var visitor = new Visitor(Url);
        using var answer = await visitor.Browser.SignInAsync(Authority, new Person(account.Subject) { SignedInAgo = ago, Acr = acr, Amr = acr.EndsWith("mfa", StringComparison.Ordinal) ? ["pwd", "otp", "mfa"] : ["pwd"] });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return visitor;
    }

    /// <summary>A program in somebody's hand: a token of the authority, issued now after a sign-in with two factors.</summary>
    internal Staff Staff(Guid accountId, string subject, Action<SecurityTokenDescriptor>? change = null)
    {
        var http = new HttpClient { BaseAddress = Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Authority.Sign(d =>
        {
            (d.Audience, d.TokenType) = ("urn:dataportal", "at+jwt");
            (d.Claims["sub"], d.Claims["client_id"], d.Claims["scope"], d.Claims["jti"]) = (subject, "test", "portal", Guid.CreateVersion7().ToString());
            (d.Claims["acr"], d.Claims["auth_time"]) = ("urn:dataportal:acr:mfa", new DateTimeOffset(Now).ToUnixTimeSeconds());
            change?.Invoke(d);
        }));
        return new Staff(accountId, http);
    }

    internal async Task<Staff> AdminAsync()
    {
        var actor = await ActorAsync("Administrator", Roles.Admin);
        return Staff(actor.AccountId, actor.Subject);
    }

    /// <summary>The newest mail to the address whose text holds this; waits for it.</summary>
    public async Task<string> MailAsync(string to, string holding)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (Mails(to).LastOrDefault(m => m.Contains(holding, StringComparison.Ordinal)) is { } mail)
            {
                return mail;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException($"No mail with '{holding}' came.");
    }

    public IReadOnlyList<string> Mails(string to) => Directory.Exists(MailFolder)
        ? [.. Directory.GetFiles(MailFolder, "*.eml").Order(StringComparer.Ordinal).Select(File.ReadAllText).Where(m => m.Contains($"To: {to}\n", StringComparison.Ordinal))]
        : [];

    /// <summary>The path of the link in a mail.</summary>
    public static string LinkIn(string mail) => Regex.Match(mail, $"{Regex.Escape(Public)}(?<path>/\\S+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["path"].Value;

    public Task<int> EntriesAsync(string action, Guid? actor = null) => WithDbAsync(async db => (await db.Database
        .SqlQuery<Guid?>($"SELECT actor AS \"Value\" FROM audit_entries WHERE action = {action} AND (outcome = 'Ok' OR action = 'sign-in.locked')").ToListAsync()).Count(a => actor is null || a == actor));

    public static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;
}

internal sealed record Staff(Guid AccountId, HttpClient Http)
{
    public async Task<(HttpStatusCode Status, JsonObject Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject());
    }
}

public sealed class SqliteAccounts() : AccountsPortal(DatabaseProvider.Sqlite);

public sealed class PostgresAccounts() : AccountsPortal(DatabaseProvider.Postgres);

/// <summary>Somebody who looks at pages and fills in their forms, without any script.</summary>
internal sealed class Visitor(Uri portal) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    public Browser Browser { get; } = new(portal);

    public string Page { get; private set; } = "";

    public HttpStatusCode Status { get; private set; }

    public Uri? Location { get; private set; }

    public string Text => HttpUtility.HtmlDecode(Page);

    public async Task<Visitor> OpenAsync(string path, params (string Name, string Value)[] headers)
    {
        using var answer = await Browser.GetAsync(path, [("Accept", "text/html"), .. headers]);
        await ReadAsync(answer);
        return this;
    }

    /// <summary>Goes on to where the last answer pointed within the portal.</summary>
    public Task<Visitor> FollowAsync() => OpenAsync(Location!.OriginalString);

    /// <summary>The form of the page shown that goes to this address, with the fields it came with.</summary>
    public Dictionary<string, string> Form(string action)
    {
        var form = Regex.Match(Page, $"<form[^>]*action=\"{Regex.Escape(action)}\"[^>]*>(?<inside>.*?)</form>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, Limit);
        Assert.True(form.Success, $"No form to {action} on the page: {Page}");
        return Regex.Matches(form.Groups["inside"].Value, "<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, Limit)
            .ToDictionary(m => m.Groups["name"].Value, m => HttpUtility.HtmlDecode(m.Groups["value"].Value), StringComparer.Ordinal);
    }

    public async Task<Visitor> SubmitAsync(string action, params (string Name, string Value)[] fields)
    {
        var form = Form(action);
        foreach (var (name, value) in fields)
        {
            form[name] = value;
        }

        return await PostAsync(action, form);
    }

    public async Task<Visitor> PostAsync(string action, Dictionary<string, string> form)
    {
        using var content = new FormUrlEncodedContent(form);
        using var answer = await Browser.SendAsync(HttpMethod.Post, action, content, ("Accept", "text/html"));
        await ReadAsync(answer);
        return this;
    }

    /// <summary>The first step, from the beginning.</summary>
    public async Task<Visitor> SignInAsync(string uid, string email, string password)
    {
        await OpenAsync("/sign-in?uid=" + uid);
        return await SubmitAsync("/sign-in", ("email", email), ("password", password));
    }

    /// <summary>Back to a page seen before.</summary>
    public void Show(string page) => Page = page;

    public void Dispose() => Browser.Dispose();

    private async Task ReadAsync(HttpResponseMessage answer)
    {
        Status = answer.StatusCode;
        Location = answer.Headers.Location;
        Page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
