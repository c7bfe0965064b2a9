using DataPortal.Testing;

namespace DataPortal.Identity.Tests;

/// <summary>The certified client library walks the running portal: what it accepts is OpenID, and not only our idea of it.</summary>
public sealed class OpenIdClientTests
{
    [Fact]
    public async Task A_certified_client_walks_every_way_in()
    {
        EvaluationPortal.RequireNode();
        var folder = EvaluationPortal.NewFolder();
        try
        {
            await using var portal = await EvaluationPortal.StartedAsync(folder, EvaluationPortal.FreePort());
            var (exitCode, output) = await NodeScript.RunAsync("walk.mjs", Path.Combine(folder, "demo.json"), TimeSpan.FromSeconds(120));
            Assert.True(exitCode == 0, output);
            Assert.Equal(
                ["discovery", "code + PKCE + PAR", "device", "a code used twice takes its tokens with it", "DPoP at the API", "refresh", "revocation", "client credentials with private_key_jwt"],
                output.Split('\n').Where(l => l.StartsWith("ok ", StringComparison.Ordinal)).Select(l => l[3..].Trim()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
