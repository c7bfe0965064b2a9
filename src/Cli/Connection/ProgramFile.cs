using System.Text.Json;

namespace DataPortal.Cli.Connection;

/// <summary>A program's credentials, as <c>portal clients create</c> writes them: all that a pipeline needs to get tokens.</summary>
internal sealed record ProgramFile(Uri Portal, string Issuer, Uri TokenEndpoint, string Resource, string Scope, string ClientId, JsonElement PrivateKey)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public static ProgramFile Read(string path)
    {
        var text = PrivateFile.Read(path) ?? throw Failure.Bad("no_file", Text.Of($"ファイル {path} がありません。", $"There is no file {path}."));
        try
        {
            var file = JsonSerializer.Deserialize(text, ConnectionJson.Default.ProgramFile);
            if (file is { Portal: not null, Issuer: not null, TokenEndpoint: not null, ClientId: not null, PrivateKey.ValueKind: JsonValueKind.Object })
                return file;
        }
        catch (JsonException)
        {
            // Said below: the parser's own message might quote the key.
        }

        throw Failure.Bad("bad_client_file", Text.Of($"{path} はプログラムの認証情報ではありません（portal clients create で作成）。", $"{path} holds no program's credentials as `portal clients create` writes them."));
    }

    /// <summary>A token by client credentials with <c>private_key_jwt</c>, bound to a key of this process.</summary>
    public async Task<AccessToken> TokenAsync(HttpClient http, CancellationToken ct)
    {
        Authority.RequireSafe(TokenEndpoint);
        var proofs = SigningKey.Create();
        var key = SigningKey.Read(PrivateKey);
        var answer = await Connection.TokenEndpoint.AskAsync(http, TokenEndpoint, () => new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = ClientId, ["client_assertion_type"] = AssertionType,
            ["client_assertion"] = key.Assertion(ClientId, Issuer), ["scope"] = Scope, ["resource"] = Resource,
        }, proofs, ct);
        return answer.Error is null ? new AccessToken(answer.AccessToken, answer.IsBound ? proofs : null) : throw answer.ToFailure();
    }
}
