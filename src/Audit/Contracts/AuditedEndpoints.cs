using DataPortal.Audit.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DataPortal.Audit.Contracts;

/// <summary>Endpoint metadata: every call is entered as this action.</summary>
public sealed record AuditedMetadata(AuditAction Action);

/// <summary>Endpoint metadata: calls are not entered, and why not.</summary>
public sealed record NotAuditedMetadata(string Reason);

public static class AuditedEndpoints
{
    /// <summary>
    /// Every call leaves exactly one entry. If the handler saves changes, the entry is committed with them in one transaction; if not, it is durable
    /// before the answer begins. Refused and failed calls are entered too, with the code of the refusal.
    /// </summary>
    public static TBuilder Audited<TBuilder>(this TBuilder endpoint, AuditAction action)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AuditedMetadata(action)).AddEndpointFilter<TBuilder, AuditedEndpointFilter>();

    /// <param name="endpoint">Gives no data and changes nothing worth an entry.</param>
    /// <param name="reason">One sentence for the reader of the code and for the test that lists these.</param>
    public static TBuilder NotAudited<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NotAuditedMetadata(reason));
}
