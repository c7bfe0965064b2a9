using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;

namespace DataPortal.Kernel;

public static class BodySize
{
    /// <summary>What an endpoint takes unless it says otherwise: a query has at most 4 KB, a form a few more.</summary>
    public const long DefaultBytes = 64 * 1024;

    /// <summary>Lets this endpoint take larger (or only smaller) bodies than <see cref="DefaultBytes"/>; beyond it the answer is 413.</summary>
    public static TBuilder MaxBody<TBuilder>(this TBuilder endpoint, long bytes)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Limit(bytes));

    private sealed record Limit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
