using System.Security.Cryptography;
using System.Text;

namespace DataPortal.Audit.Contracts;

/// <summary>
/// What the entry of the present request shall say beyond who and when (scoped). A handler fills it before it saves changes, or, when it only
/// reads, before it returns. Ids, counts and canonical text only: never a patient's value.
/// </summary>
public sealed class AuditDetails
{
    public Guid? Project { get; set; }

    /// <summary>Name of the release asked.</summary>
    public string? Release { get; set; }

    /// <summary>What was acted upon, as <c>kind/id</c>: <c>export/0198…</c>.</summary>
    public string? Resource { get; set; }

    /// <summary>Canonical text of a query that parsed.</summary>
    public string? Query { get; set; }

    /// <summary>Cases, rows or entries given out.</summary>
    public long? Rows { get; set; }

    internal string? QueryHash { get; private set; }

    /// <summary>For a query that did not parse: it may hold anything, a patient's name included, so only its SHA-256 is kept.</summary>
    public void UnparsedQuery(string text) => QueryHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    internal AuditEvent ToEvent(AuditAction action, AuditOutcome outcome, string? code) => new(action)
    {
        Outcome = outcome,
        Code = code,
        Project = Project,
        Release = Release,
        Resource = Resource,
        Query = Query,
        QueryHash = Query is null ? QueryHash : null,
        Rows = Rows,
    };
}

public enum AuditOutcome
{
    Ok,

    /// <summary>401, 403 or 404: not allowed, or not to be known of.</summary>
    Denied,

    /// <summary>Any other refusal or failure; the code says which.</summary>
    Failed,
}

/// <summary>One thing that happened, before the trail adds id, time, caller, request and node to it.</summary>
public sealed record AuditEvent(AuditAction Action)
{
    public AuditOutcome Outcome { get; init; } = AuditOutcome.Ok;

    /// <summary>The stable code of a refusal or failure.</summary>
    public string? Code { get; init; }

    /// <summary>The account that acted; the current user when null.</summary>
    public Guid? Actor { get; init; }

    public Guid? Project { get; init; }

    public string? Release { get; init; }

    public string? Resource { get; init; }

    public string? Query { get; init; }

    /// <summary>Lower-case hexadecimal SHA-256 of a query that did not parse.</summary>
    public string? QueryHash { get; init; }

    public long? Rows { get; init; }
}
