using System.Net;
using DataPortal.Identity.Credentials;

namespace DataPortal.Identity.Tests;

/// <summary>A person signs in in evaluation mode, through the real provider and every redirect, with what <c>demo.json</c> holds; no script.</summary>
public sealed class DemoSignInTests(RunningProvider running) : IClassFixture<RunningProvider>
{
    [Theory]
    [InlineData("researcher")]
    [InlineData("admin")]
    public async Task Somebody_signs_in_with_the_secrets_of_the_demo_file(string name)
    {
        var account = running.Portal.DemoFile()["accounts"]!.AsArray().Single(a => a!["name"]!.GetValue<string>() == name)!;
        var (email, password, secret) = (account["email"]!.GetValue<string>(), account["password"]!.GetValue<string>(), account["totp_secret"]!.GetValue<string>());
        var portal = new Uri($"http://localhost:{running.Portal.Port}");
        using var visitor = new Visitor(portal);

        await FollowAsync(visitor, "/session/start?return=%2Faccount");
        Assert.Contains("/sign-in", visitor.Page, StringComparison.Ordinal);
        await visitor.SubmitAsync("/sign-in", ("email", email), ("password", password));
        await FollowAsync(visitor, visitor.Location!.OriginalString);
        await visitor.SubmitAsync("/sign-in/code", ("code", Totp.Code(secret, Totp.Now)));
        Assert.True(visitor.Status == HttpStatusCode.Redirect, visitor.Text);
        await FollowAsync(visitor, visitor.Location!.OriginalString);

        Assert.Contains(email, visitor.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await visitor.Browser.MeAsync());
        if (name == "admin")
        {
            using var people = await visitor.Browser.GetAsync("/api/v1/people");
            Assert.Equal(HttpStatusCode.OK, people.StatusCode);
        }
    }

    /// <summary>Cookies of a host are sent to all its ports, as browsers do.</summary>
    private async Task FollowAsync(Visitor visitor, string address)
    {
        var at = new Uri(new Uri($"http://localhost:{running.Portal.Port}"), address);
        await visitor.OpenAsync(at.AbsoluteUri);
        for (var hop = 0; hop < 12 && visitor.Location is not null; hop++)
        {
            at = new Uri(at, visitor.Location);
            await visitor.OpenAsync(at.AbsoluteUri);
        }

        Assert.True(visitor.Status == HttpStatusCode.OK, $"{visitor.Status}: {visitor.Text}");
    }
}
