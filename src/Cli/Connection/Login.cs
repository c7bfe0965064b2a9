using System.Text.Json;

namespace DataPortal.Cli.Connection;

/// <summary>Somebody signed in to one portal on this machine.</summary>
internal sealed record Login(string Issuer, Uri TokenEndpoint, Uri? RevocationEndpoint, string ClientId, JsonElement Key, string RefreshToken, string AccessToken, bool IsBound, DateTimeOffset AccessUntil, DateTimeOffset SignedInAt)
{
    /// <summary>However often it is refreshed, a login ends.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    public AccessToken ToAccessToken() => new(AccessToken, IsBound ? SigningKey.Read(Key) : null);

    public Login With(TokenAnswer answer) => this with
    {
        AccessToken = answer.AccessToken, IsBound = answer.IsBound, AccessUntil = TimeProvider.System.GetUtcNow() + answer.Life, RefreshToken = answer.RefreshToken ?? RefreshToken,
    };

    public bool IsFresh => TimeProvider.System.GetUtcNow() < AccessUntil - Margin;

    public bool IsOver => TimeProvider.System.GetUtcNow() >= SignedInAt + Longest;
}

/// <summary>The logins of this user, by portal, in a file of the user's alone.</summary>
internal static class Logins
{
    private static string FilePath => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "dataportal", "sessions.json");

    public static Login? Of(Uri portal) => Read().GetValueOrDefault(NameOf(portal));

    public static IReadOnlyList<Uri> Portals() => [.. Read().Keys.Select(k => new Uri(k))];

    public static async Task RememberAsync(Uri portal, Login login, CancellationToken ct)
    {
        using var held = await LockAsync(ct);
        Write(portal, login);
    }

    /// <summary>Forgets the login and gives back what it was.</summary>
    public static async Task<Login?> ForgetAsync(Uri portal, CancellationToken ct)
    {
        using var held = await LockAsync(ct);
        var login = Of(portal);
        if (login is not null)
            Write(portal, null);
        return login;
    }

    /// <summary>
    /// A token that is good for a while, refreshed when needed. One process refreshes at a time: a refresh token shown twice is taken for stolen, and ends
    /// the login. <paramref name="refused"/> is a token that the portal would not take, though it should still be good.
    /// </summary>
    public static async Task<AccessToken> TokenAsync(HttpClient http, Uri portal, string? refused, CancellationToken ct)
    {
        var login = Of(portal) ?? throw NotSignedIn();
        if (IsUsable(login, refused))
            return login.ToAccessToken();
        using var held = await LockAsync(ct);
        login = Of(portal) ?? throw NotSignedIn();
        if (IsUsable(login, refused))
            return login.ToAccessToken();
        var (refreshToken, clientId) = (login.RefreshToken, login.ClientId);
        if (!login.IsOver)
        {
            var answer = await TokenEndpoint.AskAsync(http, login.TokenEndpoint, () => new Dictionary<string, string>
            {
                ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken, ["client_id"] = clientId,
            }, SigningKey.Read(login.Key), ct);
            if (answer.Error is null)
            {
                login = login.With(answer);
                Write(portal, login);
                return login.ToAccessToken();
            }

            if (answer.Error != "invalid_grant")
                throw answer.ToFailure();
        }

        Write(portal, null);
        throw Expired();
    }

    public static Failure NotSignedIn() => new(Failure.Refused, "not_signed_in", Text.Of("サインインしていません: portal login（評価用: --as 名前）", "Not signed in: portal login (in evaluation: --as NAME)."));

    public static Failure Expired() => new(Failure.Refused, "login_expired", Text.Of("サインインの期限が切れました。もう一度: portal login", "Your login is over. Sign in again: portal login"));

    private static bool IsUsable(Login login, string? refused) => !login.IsOver && login.IsFresh && login.AccessToken != refused;

    private static Task<IDisposable> LockAsync(CancellationToken ct) => PrivateFile.LockAsync(FilePath + ".lock", ct);

    private static string NameOf(Uri portal) => portal.GetLeftPart(UriPartial.Authority);

    private static Dictionary<string, Login> Read()
    {
        if (PrivateFile.Read(FilePath) is not { } text)
            return [];
        try
        {
            return JsonSerializer.Deserialize(text, ConnectionJson.Default.DictionaryStringLogin) ?? [];
        }
        catch (JsonException)
        {
            throw Failure.Bad("sessions_damaged", Text.Of($"{FilePath} が壊れています。削除してサインインし直してください。", $"{FilePath} is damaged. Delete it and sign in again."));
        }
    }

    private static void Write(Uri portal, Login? login)
    {
        var all = Read();
        all.Remove(NameOf(portal));
        if (login is not null)
            all[NameOf(portal)] = login;
        PrivateFile.Replace(FilePath, JsonSerializer.SerializeToUtf8Bytes(all, ConnectionJson.Default.DictionaryStringLogin));
    }
}
