using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;

namespace DataPortal.Kernel;

/// <summary>Keyset paging as request parameters: bind with <c>[AsParameters]</c>.</summary>
public sealed record PageRequest
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    /// <summary>Rows wanted, 1 to 500; 50 when absent.</summary>
    [Range(1, MaxLimit)]
    public int? Limit { get; init; }

    /// <summary>The cursor of the previous page's <c>next</c> link, unchanged.</summary>
    [StringLength(512)]
    public string? After { get; init; }

    public int Take() => Math.Clamp(Limit ?? DefaultLimit, 1, MaxLimit);
}

/// <summary>One page of a list, and the cursor of the next.</summary>
/// <param name="Items">At most as many as were asked for, in a total order.</param>
/// <param name="Next">Null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

public static class Paging
{
    /// <summary>
    /// Cuts a page from rows fetched with <c>Take(limit + 1)</c>: the surplus row only tells that there is a next page. Adds the <c>Link</c> header.
    /// </summary>
    public static Page<T> Cut<T>(HttpContext context, IReadOnlyList<T> rows, int limit, Func<T, string> cursorOf)
    {
        if (rows.Count <= limit)
        {
            return new Page<T>(rows, null);
        }

        var page = new Page<T>([.. rows.Take(limit)], cursorOf(rows[limit - 1]));
        var query = QueryHelpers.ParseQuery(context.Request.QueryString.Value);
        query["after"] = page.Next;
        var url = UriHelper.BuildRelative(context.Request.PathBase, context.Request.Path, QueryString.Create(query));
        context.Response.Headers.Link = $"<{url}>; rel=\"next\"";
        return page;
    }
}

/// <summary>An opaque cursor: the sort values of the last row of a page.</summary>
public static class Cursor
{
    public static string Encode(params string[] values) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(values));

    /// <summary>False when the text is not a cursor of so many values: the caller made it up, answer 400.</summary>
    public static bool TryDecode(string text, int count, out string[] values)
    {
        values = [];
        try
        {
            values = JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text)) ?? [];
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return false;
        }

        return values.Length == count && values.All(v => v is not null);
    }
}
