using System.Text.Json;

namespace DataPortal.Identity.Evaluation;

/// <summary><c>demo.json</c> in the data folder: where the portal is, and how to act as one of the demo accounts. Its shape is a public contract.</summary>
internal sealed record DemoFile(string Url, string Issuer, IReadOnlyList<DemoFile.DemoAccount> Accounts, IReadOnlyList<DemoFile.DemoClient> Clients)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>The secret is base32, for an authenticator app or <c>oathtool --totp -b</c>. Both are as they were when the file was written: who changes them in the portal knows it.</summary>
    public sealed record DemoAccount(
        string Name, string Email, string? Password, string? TotpSecret, IReadOnlyList<string> Roles, IReadOnlyList<string> Projects);

    public sealed record DemoClient(string Name, string ClientId, string ClientSecret);

    public static string PathIn(string directory) => Path.Combine(directory, "demo.json");

    /// <summary>Null when there is none yet.</summary>
    /// <exception cref="InvalidOperationException">The file is there and cannot be read as what it should be.</exception>
    public static async Task<DemoFile?> ReadAsync(string directory, CancellationToken ct)
    {
        var path = PathIn(directory);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<DemoFile>(file, Json, ct) is { Accounts: not null, Clients: not null } demo
                ? demo
                : throw new JsonException("Members are missing.");
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{path} is damaged. Delete it: the next start writes it anew, with new secrets.", e);
        }
    }

    public Task WriteAsync(string directory, CancellationToken ct) =>
        PrivateFile.WriteAsync(PathIn(directory), JsonSerializer.SerializeToUtf8Bytes(this, Json), ct);
}
