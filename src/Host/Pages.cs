using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace DataPortal.Host;

/// <summary>
/// The built pages of <c>src/web</c>. Files whose name carries a hash of their content may be kept for ever; the one page is asked for again each time, so that
/// a new version is seen at once. What the build has compressed is sent as it lies there.
/// </summary>
internal static class Pages
{
    private const string Page = "/index.html";
    private const string Hashed = "/assets";

    /// <summary>
    /// Addresses of pages; what stands below them is theirs too. A list, because everything else must stay an honest 404: an address of the API that is
    /// misspelt must never be answered by a page.
    /// </summary>
    private static readonly PathString[] Routes = ["/search", "/cases", "/exports", "/patients", "/grammar"];

    private static readonly (string Coding, string Suffix)[] Compressed = [("br", ".br"), ("gzip", ".gz")];

    private static readonly TypeOfOriginal Types = new();

    public static void UsePages(this WebApplication app)
    {
        var files = app.Environment.WebRootFileProvider;
        app.Use((context, next) =>
        {
            var request = context.Request;
            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                return next(context);
            }

            var path = IsPage(request.Path) ? new PathString(Page) : request.Path;
            if (!files.GetFileInfo(path).Exists)
            {
                return next(context);
            }

            var asked = request.Path;
            request.Path = Smallest(request, path, coding => files.GetFileInfo(path + coding).Exists);
            if (path == Page)
            {
                SecurityHeaders.IsPage(context);
            }

            return BackAgain(next(context), request, asked);
        });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, ContentTypeProvider = Types, OnPrepareResponse = Prepare, ServeUnknownFileTypes = false });
    }

    private static bool IsPage(PathString path) => path == "/" || Array.Exists(Routes, route => path.StartsWithSegments(route, StringComparison.Ordinal));

    private static PathString Smallest(HttpRequest request, PathString path, Predicate<string> exists)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach (var (coding, suffix) in Compressed)
        {
            if (accepted.Any(a => a.Quality is not 0 && a.Value.Equals(coding, StringComparison.OrdinalIgnoreCase)) && exists(suffix))
            {
                return path + suffix;
            }
        }

        return path;
    }

    /// <summary>What comes after, the log above all, sees the address that was asked for.</summary>
    private static async Task BackAgain(Task answered, HttpRequest request, PathString asked)
    {
        await answered;
        request.Path = asked;
    }

    private static void Prepare(StaticFileResponseContext answer)
    {
        var context = answer.Context;
        var headers = context.Response.GetTypedHeaders();
        var path = context.Request.Path.Value!;
        headers.CacheControl = context.Request.Path.StartsWithSegments(Hashed, StringComparison.Ordinal)
            ? new CacheControlHeaderValue { Public = true, MaxAge = TimeSpan.FromDays(365), Extensions = { new NameValueHeaderValue("immutable") } }
            : new CacheControlHeaderValue { NoCache = true };
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        foreach (var (coding, suffix) in Compressed)
        {
            if (path.EndsWith(suffix, StringComparison.Ordinal))
            {
                context.Response.Headers.ContentEncoding = coding;
            }
        }
    }

    /// <summary>A compressed file has the type of what is in it; the framework knows no type for its own suffix, and would not send it.</summary>
    private sealed class TypeOfOriginal : IContentTypeProvider
    {
        private readonly FileExtensionContentTypeProvider _types = new();

        public bool TryGetContentType(string subpath, [MaybeNullWhen(false)] out string contentType)
        {
            var suffix = Array.Find(Compressed, c => subpath.EndsWith(c.Suffix, StringComparison.Ordinal)).Suffix;
            return _types.TryGetContentType(subpath[..^(suffix?.Length ?? 0)], out contentType);
        }
    }
}
