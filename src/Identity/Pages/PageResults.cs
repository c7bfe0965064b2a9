using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DataPortal.Identity.Pages;

/// <summary>A page as the answer of an endpoint.</summary>
internal static class PageResults
{
    public static RazorComponentResult<T> Page<T>(object parameters, int status = StatusCodes.Status200OK)
        where T : IComponent => new(parameters) { StatusCode = status, PreventStreamingRendering = true };

    public static RazorComponentResult<MessagePage> Message(string key, int status = StatusCodes.Status200OK, string? next = null) =>
        Page<MessagePage>(new { Key = key, Next = next }, status);

    public static RazorComponentResult<MessagePage> Over() => Message("Over", StatusCodes.Status404NotFound);

    public static RazorComponentResult<MessagePage> Void() => Message("Void", StatusCodes.Status404NotFound);
}
