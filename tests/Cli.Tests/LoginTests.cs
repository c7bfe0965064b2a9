using System.Text.Json.Nodes;

namespace DataPortal.Cli.Tests;

/// <summary>Signing in on the command line, against an authority that forgives nothing.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private Authority authority = null!;
    private User user = null!;

    public async ValueTask InitializeAsync()
    {
        authority = await Authority.StartAsync();
        user = new User(authority);
    }

    public async ValueTask DisposeAsync()
    {
        user.Dispose();
        await authority.DisposeAsync();
    }

    [Fact]
    public async Task A_person_signs_in_and_every_request_is_proven()
    {
        authority.Polls.Enqueue("authorization_pending");
        var said = (await user.RunAsync("login")).Ok();
        Assert.Contains("BCDF-GHJK", said.Error, StringComparison.Ordinal);
        Assert.Contains(authority.Url + "/device", said.Error, StringComparison.Ordinal);
        Assert.Contains("researcher@example.org", said.Out, StringComparison.Ordinal);
        Assert.Equal(2, authority.PolledAt.Count);
        Assert.True(authority.PolledAt[1] - authority.PolledAt[0] >= TimeSpan.FromSeconds(0.9));

        var who = (await user.RunAsync("whoami", "--json")).Ok();
        Assert.Equal("Researcher", who.Json["name"]!.ToString());
        // The proof speaks of the address without its query (RFC 9449, 4.2).
        (await user.RunAsync("case", "c1", "--project", "p")).Ok();
        Assert.Empty(authority.Faults);
        Assert.Equal(0, authority.Refreshes);
    }

    [Fact]
    public async Task What_is_kept_is_the_users_alone_and_nothing_secret_is_printed()
    {
        var said = (await user.RunAsync("login", "--json")).Ok();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(user.Sessions));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(user.Sessions)!));
        var login = user.Login();
        foreach (var secret in new[] { login["refresh_token"]!, login["access_token"]!, login["key"]!["d"]!, JsonValue.Create("device-secret")! })
        {
            Assert.DoesNotContain(secret.ToString(), said.Out + said.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_others_can_read_is_not_used()
    {
        (await user.RunAsync("login")).Ok();
        File.SetUnixFileMode(user.Sessions, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var calls = authority.Calls;
        (await user.RunAsync("whoami")).Refused(3, "file_exposed");
        Assert.Equal(calls, authority.Calls);
        File.SetUnixFileMode(user.Sessions, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await user.RunAsync("whoami")).Ok();
    }

    [Fact]
    public async Task Told_to_slow_down_it_slows_down()
    {
        authority.Polls.Enqueue("slow_down");
        (await user.RunAsync("login")).Ok();
        Assert.True(authority.PolledAt[1] - authority.PolledAt[0] >= TimeSpan.FromSeconds(5.9), $"{authority.PolledAt[1] - authority.PolledAt[0]}");
    }

    [Theory]
    [InlineData("access_denied", "access_denied")]
    [InlineData("expired_token", "code_expired")]
    public async Task Refused_or_forgotten_nobody_is_signed_in(string told, string code)
    {
        authority.Polls.Enqueue(told);
        var said = await user.RunAsync("login");
        said.Refused(3, code);
        (await user.RunAsync("whoami")).Refused(3, "not_signed_in");
    }

    [Fact]
    public async Task A_code_that_nobody_enters_runs_out()
    {
        authority.DeviceSeconds = 2;
        for (var i = 0; i < 20; i++)
            authority.Polls.Enqueue("authorization_pending");
        (await user.RunAsync("login")).Refused(3, "code_expired");
        Assert.InRange(authority.PolledAt.Count, 1, 3);
    }

    [Fact]
    public async Task A_nonce_is_given_when_it_is_asked_for()
    {
        authority.WantsNonce = true;
        (await user.RunAsync("login")).Ok();
        (await user.RunAsync("whoami")).Ok();
        Assert.Empty(authority.Faults);
    }

    [Fact]
    public async Task Refreshing_rotates_and_processes_at_once_never_show_a_token_twice()
    {
        (await user.RunAsync("login")).Ok();
        var before = user.Login()["refresh_token"]!.ToString();
        user.Change(login => login["access_until"] = "2020-01-01T00:00:00+00:00");
        var said = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => user.RunAsync("whoami")));
        Assert.All(said, s => s.Ok());
        Assert.Equal((1, 0), (authority.Refreshes, authority.Reuses));
        Assert.NotEqual(before, user.Login()["refresh_token"]!.ToString());
        Assert.True(authority.WouldTake(user.Login()["refresh_token"]!.ToString()));

        // The control: had one of them shown the old token, the family would have ended and so would the login.
        var good = user.Login()["refresh_token"]!.ToString();
        user.Change(login => (login["access_until"], login["refresh_token"]) = ("2020-01-01T00:00:00+00:00", before));
        (await user.RunAsync("whoami")).Refused(3, "login_expired");
        Assert.Equal(1, authority.Reuses);
        Assert.False(authority.WouldTake(good));
        (await user.RunAsync("whoami")).Refused(3, "not_signed_in");
    }

    [Fact]
    public async Task A_token_refused_before_its_time_is_renewed_once()
    {
        (await user.RunAsync("login")).Ok();
        authority.Challenge = "token_invalid";
        (await user.RunAsync("whoami")).Ok();
        Assert.Equal(1, authority.Refreshes);
    }

    [Fact]
    public async Task After_eight_hours_a_login_is_over_whatever_the_authority_would_say()
    {
        (await user.RunAsync("login")).Ok();
        user.Change(login => login["signed_in_at"] = TimeProvider.System.GetUtcNow().AddHours(-8).AddMinutes(1).ToString("o"));
        (await user.RunAsync("whoami")).Ok();
        user.Change(login => login["signed_in_at"] = TimeProvider.System.GetUtcNow().AddHours(-8).ToString("o"));
        (await user.RunAsync("whoami")).Refused(3, "login_expired");
        Assert.Equal(0, authority.Refreshes);
    }

    [Fact]
    public async Task Signing_out_tells_the_authority_and_forgets_even_when_it_cannot_be_told()
    {
        (await user.RunAsync("login")).Ok();
        var token = user.Login()["refresh_token"]!.ToString();
        (await user.RunAsync("logout")).Ok();
        Assert.Equal([token], authority.Revoked);
        (await user.RunAsync("whoami")).Refused(3, "not_signed_in");
        (await user.RunAsync("logout")).Ok();

        (await user.RunAsync("login")).Ok();
        authority.IsRevocationDown = true;
        (await user.RunAsync("logout")).Refused(1, "not_revoked");
        (await user.RunAsync("whoami")).Refused(3, "not_signed_in");
    }

    [Fact]
    public async Task A_second_login_revokes_the_first()
    {
        (await user.RunAsync("login")).Ok();
        var first = user.Login()["refresh_token"]!.ToString();
        (await user.RunAsync("login")).Ok();
        Assert.Equal([first], authority.Revoked);
    }

    [Fact]
    public async Task Where_a_fresh_sign_in_is_needed_it_says_so_and_does_not_insist()
    {
        (await user.RunAsync("login")).Ok();
        var calls = authority.Calls;
        authority.Challenge = "step_up_required";
        var said = await user.RunAsync("whoami");
        said.Refused(3, "step_up_required");
        Assert.Contains("sign in again: portal login", said.Error, StringComparison.Ordinal);
        Assert.Equal((calls + 1, 0), (authority.Calls, authority.Refreshes));
    }

    [Fact]
    public async Task Nothing_secret_goes_over_plain_http_nor_to_a_portal_that_says_it_is_another()
    {
        (await user.RunAsync("login", "--url", "http://portal.example.org")).Refused(2, "insecure_url");
        authority.Resource = "https://portal.example.org";
        (await user.RunAsync("login")).Refused(1, "authority_wrong");
        Assert.Empty(authority.PolledAt);
    }

    [Fact]
    public async Task A_damaged_file_is_said_to_be_damaged_and_none_of_it_is_shown()
    {
        (await user.RunAsync("login")).Ok();
        var secret = user.Login()["refresh_token"]!.ToString();
        File.WriteAllText(user.Sessions, File.ReadAllText(user.Sessions)[..^3]);
        var said = await user.RunAsync("whoami");
        said.Refused(2, "sessions_damaged");
        Assert.DoesNotContain(secret, said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_acts_as_a_program_whose_key_never_left_this_machine()
    {
        (await user.RunAsync("login")).Ok();
        var file = Path.Combine(user.Home, "nightly.json");
        string[] create = ["clients", "create", "--name", "nightly", "--project", "p", "--permissions", "summary,records", "--expires", "2027-01-01", "--generate", "--out", file];
        var said = (await user.RunAsync(create)).Ok();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var secret = JsonNode.Parse(File.ReadAllText(file))!["private_key"]!["d"]!.ToString();
        Assert.DoesNotContain(secret, authority.LastProgram!.ToJsonString() + said.Out + said.Error, StringComparison.Ordinal);
        (await user.RunAsync(create)).Refused(2, "out_exists");

        (await user.RunAsync("logout")).Ok();
        var calls = authority.Calls;
        (await user.RunAsync("whoami", "--client", file)).Ok();
        authority.WantsNonce = true;
        (await user.RunAsync("whoami", "--client", file)).Ok();
        Assert.True(authority.Calls > calls);
        Assert.Empty(authority.Faults);

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        (await user.RunAsync("whoami", "--client", file)).Refused(3, "file_exposed");
        (await user.RunAsync("whoami", "--client", file, "--as", "researcher")).Refused(2, "as_and_client");
        (await user.RunAsync("whoami", "--client", file + ".none")).Refused(2, "no_file");
    }

    [Fact]
    public async Task A_private_key_given_for_a_public_one_stays_here()
    {
        (await user.RunAsync("login")).Ok();
        var file = Path.Combine(user.Home, "key.jwk");
        File.WriteAllText(file, """{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"c2VjcmV0"}""");
        string[] create = ["clients", "create", "--name", "n", "--project", "p", "--permissions", "summary", "--expires", "2027-01-01", "--key", file];
        (await user.RunAsync(create)).Refused(2, "key_private");
        Assert.Null(authority.LastProgram);
        File.WriteAllText(file, """{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}""");
        (await user.RunAsync(create)).Ok();
        Assert.NotNull(authority.LastProgram);
        (await user.RunAsync([.. create, "--generate"])).Refused(2, "key_choice");
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task What_people_read_fits_80_columns(string language)
    {
        foreach (var arguments in new string[][] { ["login"], ["whoami"], ["clients", "list"], ["logout"], ["whoami"] })
        {
            var said = await user.RunAsync([.. arguments, "--lang", language]);
            Assert.All((said.Out + said.Error).Split('\n'), l => Assert.True(Columns(l) <= 80, $"{Columns(l)} columns: {l}"));
        }
    }

    private static int Columns(string line) => line.EnumerateRunes().Sum(r => r.Value is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF or >= 0xFF00 and <= 0xFF60 ? 2 : 1);
}
