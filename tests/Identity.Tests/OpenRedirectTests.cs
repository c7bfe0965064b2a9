using System.Net;
using System.Text;
using DataPortal.Kernel;

namespace DataPortal.Identity.Tests;

/// <summary>Whatever a link to the sign-in says, people come back to the portal and to nowhere else.</summary>
public sealed class OpenRedirectTests(SqliteSignIn portal) : IClassFixture<SqliteSignIn>
{
    private const string Forger = "forger.example";

    private static readonly string[] Hosts = [Forger, "user@" + Forger, "portal.example@" + Forger, Forger + "/portal.example", Forger + "?portal.example", Forger + "#/", "%66orger.example"];

    private static readonly string[] Prefixes =
    [
        "//", "///", "////", "/\\", "\\\\", "\\/", "/\\/", "/\t/", "/\n/", "/\r\n/", "\t//", " //", "/ /", "https://", "http://", "https:", "https:/", "hTTps://", "https:\\\\", "https:/\\", "ftp://",
        "javascript:alert(1)//", "data:text/html,//", "/%2F", "/%2f/", "/%5C", "/%5c%5c", "/%09/", "/%0D%0A/", "/%252F", "/.//", "/..//", "/a/..//", "/./\\", "/%2e%2e//", "/a//", "/x/%2e%2e/%2f", "．//", "／／", "/／", "/。//",
    ];

    /// <summary>Of their own, beside the products of the two lists.</summary>
    private static readonly string[] Further =
    [
        "", "a", "forger.example", "@forger.example", "?//forger.example", "#//forger.example", ";//forger.example", "/\0", "/a\0b", "/a b", "/\u007f", "/ä", "/日本", "/%", "/%2", "/%zz", "/..", "/../a", "/a/../b", "/.",
        "/a\r\nSet-Cookie: a=b", "/a\nLocation: https://forger.example", "/\u2028/forger.example", "/\u00a0/forger.example", "/\ufeff/forger.example", "/<script>", "/\"onload=", "/a|b", "/a^b", "/{a}", "/" + new string('a', 1024),
    ];

    private static IReadOnlyList<string> Shapes { get; } = [.. Prefixes.SelectMany(_ => Hosts, (prefix, host) => prefix + host), .. Further];

    [Fact]
    public async Task No_shape_of_address_leads_elsewhere()
    {
        using var browser = new Browser(portal.Url);
        foreach (var shape in Shapes)
        {
            Assert.False(LocalPath.TryParse(shape, out _), shape);
            if (shape.Length > 0)
            {
                using var refused = await browser.GetAsync("/session/start?return=" + Escaped(shape));
                Assert.True(refused.StatusCode == HttpStatusCode.BadRequest && refused.Headers.Location is null, shape);
            }

            // Who comes to the page of the sign-in by hand is sent to the portal's beginning instead.
            using var home = await browser.GetAsync("/sign-in?return=" + Escaped(shape));
            Assert.Equal("/session/start?return=%2F", home.Headers.Location?.OriginalString);
        }

        Assert.InRange(Shapes.Count, 200, int.MaxValue);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Shapes.Count} shapes, {Shapes.Count(LeadsElsewhere)} of which a browser would follow to another host.");
    }

    /// <summary>The control: to a browser, many of them are addresses of another host; and what looks for a slash at the beginning takes many of those.</summary>
    [Fact]
    public void Many_of_them_would()
    {
        Assert.InRange(Shapes.Count(LeadsElsewhere), 100, int.MaxValue);
        Assert.InRange(Shapes.Count(s => s.StartsWith('/') && LeadsElsewhere(s)), 40, int.MaxValue);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("/a/b-c_d.e~f")]
    [InlineData("/search?q=KRAS%20G12C&release=a//b#top")]
    [InlineData("/a?next=https://elsewhere.example")]
    [InlineData("/%E6%97%A5%E6%9C%AC")]
    public async Task Paths_of_the_portal_are_come_back_to(string path)
    {
        using var actor = await portal.ActorAsync("Member");
        using var browser = new Browser(portal.Url);
        using var answer = await browser.SignInAsync(portal.Authority, new Person(actor.Subject), "?return=" + Uri.EscapeDataString(path));
        Assert.Equal((HttpStatusCode.Redirect, path), (answer.StatusCode, answer.Headers.Location?.OriginalString));
    }

    private static string Escaped(string shape) => string.Concat(Encoding.UTF8.GetBytes(shape).Select(b => $"%{b:X2}"));

    /// <summary>As browsers read what a Location header says (URL Standard): blanks at the ends, tabs and line breaks do not count, and a backslash is a slash.</summary>
    private static bool LeadsElsewhere(string shape)
    {
        var read = shape.Trim(' ', '\t', '\r', '\n').Replace("\t", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Replace('\\', '/');
        return read.StartsWith("//", StringComparison.Ordinal) || (read.Split(':') is [{ Length: > 1 } scheme, _, ..] && scheme.All(char.IsAsciiLetter));
    }
}
