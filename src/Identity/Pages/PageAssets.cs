using System.Collections.Frozen;
using System.Security.Cryptography;
using DataPortal.Audit.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace DataPortal.Identity.Pages;

/// <summary>Style sheet and script, out of the assembly. The hash in their address changes with them, so that they may be kept for a year.</summary>
internal static class PageAssets
{
    private sealed record Asset(byte[] Content, string Type, string Hash);

    private static readonly FrozenDictionary<string, Asset> All = new[] { ("identity.css", "text/css; charset=utf-8"), ("passkey.js", "text/javascript; charset=utf-8") }
        .ToFrozenDictionary(a => a.Item1, a => Read(a.Item1, a.Item2), StringComparer.Ordinal);

    public static string Path(string name) => $"/assets/{name}?v={All[name].Hash}";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/assets/{name}", Handle)
        .WithName("GetIdentityAsset")
        .WithMetadata(new PageMetadata())
        .ExcludeFromDescription()
        .AllowAnonymous()
        .NotAudited("Style sheet and script of the sign-in pages, the same for everybody.");

    private static Results<FileContentHttpResult, NotFound> Handle(string name, HttpContext http, CancellationToken ct)
    {
        if (!All.TryGetValue(name, out var asset))
        {
            return TypedResults.NotFound();
        }

        // Under an old address the content may be newer: it must not be kept there.
        http.Response.Headers.CacheControl = http.Request.Query["v"] == asset.Hash ? "public, max-age=31536000, immutable" : "no-cache";
        return TypedResults.File(asset.Content, asset.Type, entityTag: new EntityTagHeaderValue($"\"{asset.Hash}\""));
    }

    private static Asset Read(string name, string type)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream("Assets/" + name)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var content = memory.ToArray();
        return new Asset(content, type, Convert.ToHexStringLower(SHA256.HashData(content))[..16]);
    }
}
