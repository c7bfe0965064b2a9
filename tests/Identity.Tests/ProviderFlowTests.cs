using System.Net;
using DataPortal.Identity.Provider;
using DataPortal.Identity.Tokens;
using DataPortal.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Tests;

/// <summary>A portal in evaluation mode for all tests of a class.</summary>
public sealed class RunningProvider : IAsyncLifetime
{
    private readonly string _folder = EvaluationPortal.NewFolder();

    internal EvaluationPortal Portal { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        EvaluationPortal.RequireNode();
        Portal = await EvaluationPortal.StartedAsync(_folder, EvaluationPortal.FreePort());
    }

    public async ValueTask DisposeAsync()
    {
        if (Portal is not null)
        {
            await Portal.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The real provider over the portal's real storage, walked from outside.</summary>
public sealed class ProviderFlowTests(RunningProvider running) : IClassFixture<RunningProvider>, IDisposable
{
    private readonly ProviderBrowser _browser = new(running.Portal);

    public void Dispose() => _browser.Dispose();

    [Fact]
    public async Task The_portals_pages_sign_somebody_in_and_both_tokens_say_how()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var (status, tokens) = await _browser.RedeemAsync(await _browser.SignInAsync());
        Assert.True(status == HttpStatusCode.OK, tokens.ToJsonString());

        var subject = await _browser.SubjectAsync();
        var access = ProviderBrowser.Read(tokens);
        Assert.Equal("at+jwt", access.Typ);
        Assert.Equal(["urn:dataportal"], access.Audiences);
        Assert.Equal((subject, "portal", "portal"), (access.Subject, access.GetClaim("client_id").Value, access.GetClaim("scope").Value));
        var id = ProviderBrowser.Read(tokens, "id_token");
        Assert.Equal((subject, "researcher", "researcher@demo.invalid", "true"), (id.Subject, id.GetClaim("name").Value, id.GetClaim("email").Value, id.GetClaim("email_verified").Value));
        Assert.NotEmpty(id.GetClaim("sid").Value);
        foreach (var token in new[] { access, id })
        {
            Assert.Equal(_browser.Issuer, token.Issuer);
            Assert.Equal(Acr.SecondFactor, token.GetClaim("acr").Value);
            Assert.Equal(["pwd", "otp", "mfa"], token.Claims.Where(c => c.Type == "amr").Select(c => c.Value));
            Assert.InRange(ProviderBrowser.Number(token, "auth_time"), before, before + 60);
        }

        Assert.Equal(HttpStatusCode.OK, (await running.Portal.GetAsync("/api/v1/me", access.EncodedToken)).Status);
    }

    [Fact]
    public async Task The_answer_to_the_browser_names_the_issuer()
    {
        var uid = ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizePortal(await _browser.PushAsync())));
        var back = await _browser.FollowAsync((await _browser.TicketAsync(uid)).AbsoluteUri);
        Assert.Equal(_browser.Callback, back.GetLeftPart(UriPartial.Path));
        Assert.Equal((_browser.Issuer, "s"), (ProviderBrowser.Query(back)["iss"], ProviderBrowser.Query(back)["state"]));
    }

    [Fact]
    public async Task The_sign_in_page_learns_what_the_provider_waits_for()
    {
        var uid = ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizePortal(await _browser.PushAsync(new(StringComparer.Ordinal)
        {
            ["login_hint"] = "a@b.example", ["acr_values"] = Acr.SecondFactor, ["ui_locales"] = "ja",
        }))));
        var pending = await _browser.AskAsync<Interactions, PendingInteraction?>(i => i.FindAsync(uid, CancellationToken.None));
        Assert.Equal((InteractionKind.Login, "portal", "DataPortal", true, "a@b.example", "ja"), (pending!.Kind, pending.ClientId, pending.ClientName, pending.IsFirstParty, pending.LoginHint, pending.UiLocales));
        Assert.Equal([Acr.SecondFactor], pending.AcrValues);
        Assert.Equal(["openid", "profile", "email", "portal"], pending.Scopes);

        Assert.Null(await _browser.AskAsync<Interactions, PendingInteraction?>(i => i.FindAsync(uid + "x", CancellationToken.None)));
        await _browser.FollowAsync((await _browser.TicketAsync(uid)).AbsoluteUri);
        Assert.Null(await _browser.AskAsync<Interactions, PendingInteraction?>(i => i.FindAsync(uid, CancellationToken.None)));
    }

    [Fact]
    public async Task A_command_line_signs_in_by_a_code_and_its_tokens_are_bound_to_its_key()
    {
        var tokens = await _browser.ApproveDeviceAsync();
        Assert.Equal("DPoP", tokens["token_type"]!.GetValue<string>());
        var access = ProviderBrowser.Read(tokens);
        Assert.Equal(Acr.SecondFactor, access.GetClaim("acr").Value);
        Assert.Contains("jkt", access.GetClaim("cnf").Value, StringComparison.Ordinal);

        var (status, refreshed) = await _browser.RefreshAsync(tokens["refresh_token"]!.GetValue<string>());
        Assert.True(status == HttpStatusCode.OK, refreshed.ToJsonString());
        Assert.NotEqual(tokens["refresh_token"]!.GetValue<string>(), refreshed["refresh_token"]!.GetValue<string>());
        var second = ProviderBrowser.Read(refreshed);
        Assert.Equal((Acr.SecondFactor, access.GetClaim("auth_time").Value), (second.GetClaim("acr").Value, second.GetClaim("auth_time").Value));
    }

    [Fact]
    public async Task A_command_line_signs_in_afresh_where_a_browser_is_signed_in_already()
    {
        var first = ProviderBrowser.Number(ProviderBrowser.Read(await _browser.ApproveDeviceAsync()), "auth_time");
        await Task.Delay(TimeSpan.FromSeconds(2.1), TestContext.Current.CancellationToken);
        var asIs = ProviderBrowser.Number(ProviderBrowser.Read(await _browser.ApproveDeviceAsync()), "auth_time");
        var fresh = ProviderBrowser.Number(ProviderBrowser.Read(await _browser.ApproveDeviceAsync("researcher", ("max_age", "1"))), "auth_time");
        Assert.Equal(first, asIs);
        Assert.True(fresh > first, $"{first}, then {fresh}");
    }

    [Fact]
    public async Task A_stolen_refresh_token_is_worth_nothing_without_the_key()
    {
        var tokens = await _browser.ApproveDeviceAsync();
        using var thief = new ProviderBrowser(running.Portal);
        var (status, body) = await thief.RefreshAsync(tokens["refresh_token"]!.GetValue<string>());
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (status, body["error"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.OK, (await _browser.RefreshAsync(tokens["refresh_token"]!.GetValue<string>())).Status);
    }

    [Fact]
    public async Task A_native_program_gets_no_token_without_somebody_noticing()
    {
        var back = ProviderBrowser.Query(await _browser.FollowAsync((await _browser.TicketAsync(ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizeCommandLine())))).AbsoluteUri));
        Assert.True(back.ContainsKey("code"));

        // Signed in already: now somebody has to say yes.
        var uid = ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizeCommandLine()), "/consent");
        var pending = await _browser.AskAsync<Interactions, PendingInteraction?>(i => i.FindAsync(uid, CancellationToken.None));
        Assert.Equal((InteractionKind.Consent, await _browser.SubjectAsync()), (pending!.Kind, pending.Subject));
        var yes = await _browser.AskAsync<Interactions, Uri>(i => Task.FromResult(i.Consent(uid, granted: true)));
        Assert.True(ProviderBrowser.Query(await _browser.FollowAsync(yes.AbsoluteUri)).ContainsKey("code"));

        var other = ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizeCommandLine()), "/consent");
        var no = await _browser.AskAsync<Interactions, Uri>(i => Task.FromResult(i.Consent(other, granted: false)));
        Assert.Equal("access_denied", ProviderBrowser.Query(await _browser.FollowAsync(no.AbsoluteUri))["error"]);
    }

    [Theory]
    [InlineData("&prompt=login")]
    [InlineData("&max_age=0")]
    [InlineData("&acr_values=urn:dataportal:acr:mfa")]
    public async Task A_session_does_not_serve_where_a_fresh_or_stronger_sign_in_is_asked_for(string wish)
    {
        var uid = ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizeCommandLine()));
        var at = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-30);
        await _browser.FollowAsync((await _browser.TicketAsync(uid, acr: Acr.Password, at: at)).AbsoluteUri);
        ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizeCommandLine()), "/consent"); // the session serves
        ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizeCommandLine(wish)));
    }

    [Theory]
    [InlineData("&code_challenge=", "invalid_request")]
    [InlineData("&code_challenge_method=plain", "invalid_request")]
    [InlineData("&response_type=token", "unsupported_response_type")]
    public async Task A_request_that_is_not_safe_is_refused(string change, string error)
    {
        var name = change[1..change.IndexOf('=', StringComparison.Ordinal)];
        var parts = _browser.AuthorizeCommandLine().Split('?');
        var address = parts[0] + "?" + string.Join('&', parts[1].Split('&').Where(p => !p.StartsWith(name + "=", StringComparison.Ordinal))) + (change.EndsWith('=') ? "" : change);
        Assert.Equal(error, ProviderBrowser.Query(await _browser.FollowAsync(address)).GetValueOrDefault("error"));
    }

    [Fact]
    public async Task The_portals_requests_must_be_pushed()
    {
        var back = await _browser.FollowAsync($"/auth?client_id=portal&response_type=code&redirect_uri={Uri.EscapeDataString(_browser.Callback)}&scope=openid&code_challenge={_browser.Challenge}&code_challenge_method=S256");
        Assert.Equal("invalid_request", ProviderBrowser.Query(back)["error"]);
    }

    [Fact]
    public async Task A_ticket_works_once_for_its_interaction_and_in_its_browser()
    {
        var uid = ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizePortal(await _browser.PushAsync())));
        var ticket = await _browser.TicketAsync(uid);
        using (var stranger = new ProviderBrowser(running.Portal))
        {
            using var refused = await stranger.GetAsync(ticket.AbsoluteUri);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        var other = ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizePortal(await _browser.PushAsync())));
        foreach (var bad in new[]
        {
            (await _browser.TicketAsync(other)).AbsoluteUri.Replace(other, uid, StringComparison.Ordinal),
            ticket.AbsoluteUri[..^3] + "AAA",
            ticket.AbsoluteUri.Split('?')[0],
            ticket.AbsoluteUri.Split('?')[0] + "?ticket=x",
        })
        {
            using var refused = await _browser.GetAsync(bad);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        using var accepted = await _browser.GetAsync(ticket.AbsoluteUri);
        Assert.Equal(HttpStatusCode.SeeOther, accepted.StatusCode);
        using var again = await _browser.GetAsync(ticket.AbsoluteUri);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task A_code_works_once_and_a_second_use_ends_what_the_first_one_got()
    {
        var code = await _browser.SignInAsync();
        var (status, tokens) = await _browser.RedeemAsync(code);
        Assert.Equal(HttpStatusCode.OK, status);
        var (_, replayed) = await _browser.RedeemAsync(code);
        Assert.Equal("invalid_grant", replayed["error"]!.GetValue<string>());
        Assert.Equal("invalid_grant", (await _browser.RefreshAsPortalAsync(tokens["refresh_token"]!.GetValue<string>())).Body["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_request_uri_gives_one_code_even_to_two_browsers_at_once()
    {
        var requestUri = await _browser.PushAsync();
        var browsers = Enumerable.Range(0, 5).Select(_ => new ProviderBrowser(running.Portal)).ToList();
        var tickets = new List<(ProviderBrowser Browser, string Ticket)>();
        foreach (var browser in browsers)
        {
            var uid = ProviderBrowser.UidOf(await browser.FollowAsync(browser.AuthorizePortal(requestUri)));
            tickets.Add((browser, (await browser.TicketAsync(uid)).AbsoluteUri));
        }

        var backs = await Task.WhenAll(tickets.Select(t => t.Browser.FollowAsync(t.Ticket)));
        Assert.Single(backs, b => ProviderBrowser.Query(b).ContainsKey("code"));
        browsers.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Revoking_an_account_ends_its_session_and_every_refresh_token()
    {
        var code = await _browser.SignInAsync("pharma");
        var tokens = await _browser.ApproveDeviceAsync("pharma");
        using var bystander = new ProviderBrowser(running.Portal);
        var others = await bystander.ApproveDeviceAsync("summary");

        var subject = await _browser.SubjectAsync("pharma");
        await _browser.AskAsync<ProviderStore, bool>(async s =>
        {
            await s.RevokeAccountAsync(subject, CancellationToken.None);
            return true;
        });

        Assert.Equal("invalid_grant", (await _browser.RedeemAsync(code)).Body["error"]!.GetValue<string>());
        Assert.Equal("invalid_grant", (await _browser.RefreshAsync(tokens["refresh_token"]!.GetValue<string>())).Body["error"]!.GetValue<string>());
        ProviderBrowser.UidOf(await _browser.FollowAsync(_browser.AuthorizeCommandLine())); // signs in anew
        Assert.Equal(HttpStatusCode.OK, (await bystander.RefreshAsync(others["refresh_token"]!.GetValue<string>())).Status);

        // And at once, in the same second, a new sign-in works.
        Assert.Equal(HttpStatusCode.OK, (await _browser.RedeemAsync(await _browser.SignInAsync("pharma"))).Status);
    }

    [Fact]
    public async Task Revocation_and_introspection_serve_the_client_whose_token_it_is()
    {
        var mine = (await _browser.ApproveDeviceAsync())["refresh_token"]!.GetValue<string>();
        async Task<bool> ActiveAsync() => (await _browser.PostAsync("/token/introspection", new(StringComparer.Ordinal) { ["client_id"] = ProviderBrowser.CommandLine, ["token"] = mine })).Body["active"]!.GetValue<bool>();
        Assert.True(await ActiveAsync());
        Assert.False((await _browser.PostAsync("/token/introspection", await _browser.AsPortalAsync(new(StringComparer.Ordinal) { ["token"] = mine }))).Body["active"]!.GetValue<bool>());

        await _browser.PostAsync("/token/revocation", await _browser.AsPortalAsync(new(StringComparer.Ordinal) { ["token"] = mine }));
        Assert.True(await ActiveAsync());

        Assert.Equal(HttpStatusCode.OK, (await _browser.PostAsync("/token/revocation", new(StringComparer.Ordinal) { ["client_id"] = ProviderBrowser.CommandLine, ["token"] = mine })).Status);
        Assert.False(await ActiveAsync());
        Assert.Equal("invalid_grant", (await _browser.RefreshAsync(mine)).Body["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_token_in_the_address_is_no_token()
    {
        var token = await running.Portal.TokenAsync("researcher");
        Assert.Equal(HttpStatusCode.OK, (await running.Portal.GetAsync("/api/v1/me", token)).Status);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"{_browser.Portal}/api/v1/me?access_token={token}"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);

        var refresh = (await _browser.ApproveDeviceAsync())["refresh_token"]!.GetValue<string>();
        var (status, _) = await _browser.PostAsync($"/token?grant_type=refresh_token&client_id={ProviderBrowser.CommandLine}&refresh_token={refresh}", [], withProof: true);
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }
}
