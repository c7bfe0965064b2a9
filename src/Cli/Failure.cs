using System.Text.Json.Nodes;

namespace DataPortal.Cli;

/// <summary>Why a verb ends with another exit code than 0. Printed as <c>error: code: message</c>.</summary>
internal sealed class Failure(int exitCode, string code, string message, IReadOnlyList<string>? more = null) : Exception(message)
{
    /// <summary>The fault is ours: the portal answered 5xx, is not there, or kept refusing for lack of room.</summary>
    public const int Ours = 1;

    /// <summary>The input is bad.</summary>
    public const int BadInput = 2;

    /// <summary>Not signed in, or refused.</summary>
    public const int Refused = 3;

    public const int NotFound = 4;

    /// <summary>A conflict, or a verification that failed.</summary>
    public const int Conflict = 5;

    public int ExitCode => exitCode;

    public string Code => code;

    /// <summary>Lines below the message: where in the query, what was meant perhaps.</summary>
    public IReadOnlyList<string> More => more ?? [];

    public static Failure Bad(string code, string message) => new(BadInput, code, message);

    /// <summary>The failure that a problem+json answer stands for.</summary>
    public static async Task<Failure> OfAsync(HttpResponseMessage answer, string? query, CancellationToken ct)
    {
        var status = (int)answer.StatusCode;
        var exit = status switch
        {
            401 or 403 => Refused,
            404 => NotFound,
            409 or 412 => Conflict,
            400 or 413 or 415 or 422 => BadInput,
            _ => Ours,
        };
        JsonNode? problem = null;
        try
        {
            problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct));
        }
        catch (System.Text.Json.JsonException)
        {
            // Not ours, a proxy's perhaps: the status must do.
        }

        var code = Member(problem, "code") ?? $"http_{status}";
        var message = Member(problem, "detail") ?? Member(problem, "title") ?? answer.ReasonPhrase ?? "";
        var trace = exit == Ours ? Member(problem, "traceId") : null;
        // With one error its message is the problem's own; once is enough.
        return new Failure(exit, code, message, [.. Details(problem, query).Where(line => line != message), .. trace is null ? (string[])[] : [$"trace {trace}"], .. Advice(code)]);
    }

    private static IEnumerable<string> Advice(string code)
    {
        if (code is "step_up_required" or "mfa_required" or "token_revoked")
            yield return Text.Of("もう一度サインインしてください: portal login", "sign in again: portal login");
    }

    private static string? Member(JsonNode? node, string name) => node is JsonObject o && o[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static IEnumerable<string> Details(JsonNode? problem, string? query)
    {
        switch (problem?["errors"])
        {
            // Query errors carry their position: show the place.
            case JsonArray errors:
                foreach (var error in errors)
                {
                    if (Member(error, "message") is { } text)
                        yield return text;
                    if (query is not null && error?["position"]?.GetValue<int>() is { } position && query.Length <= 200 && position <= query.Length)
                    {
                        yield return "  " + query;
                        yield return "  " + new string(' ', Printing.Width.Of(query[..position])) + new string('^', Math.Max(1, error["length"]?.GetValue<int>() ?? 1));
                    }

                    if (error?["suggestions"] is JsonArray { Count: > 0 } suggestions)
                        yield return Text.Of("もしかして: ", "did you mean: ") + string.Join(Text.Of("、", ", "), suggestions.Select(s => s?.ToString()));
                }

                break;
            // Validation problems: member → messages.
            case JsonObject members:
                foreach (var (name, messages) in members)
                    yield return $"{name}: {string.Join(' ', (messages as JsonArray ?? []).Select(m => m?.ToString()))}";
                break;
        }
    }
}
