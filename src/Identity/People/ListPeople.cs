using System.ComponentModel.DataAnnotations;
using System.Globalization;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.People;

/// <summary>The accounts, by address; and one of them with what was done to it.</summary>
internal static class ListPeople
{
    public sealed record Query
    {
        /// <summary>A part of the name or of the address.</summary>
        [StringLength(200)]
        public string? Search { get; init; }

        [StringLength(64)]
        public string? Role { get; init; }

        public bool? Disabled { get; init; }

        [Range(1, PageRequest.MaxLimit)]
        public int? Limit { get; init; }

        [StringLength(512)]
        public string? After { get; init; }
    }

    public static void Map(RouteGroupBuilder people) => people
        .MapGet("", HandleAsync)
        .WithName("ListPeople")
        .WithSummary("Accounts, by address")
        .Audited(AuditAction.PeopleRead);

    private static async Task<Results<Ok<Page<PersonResponse>>, ValidationProblem>> HandleAsync(
        [AsParameters] Query query, HttpContext http, PortalDb db, AuditDetails details, CancellationToken ct)
    {
        var accounts = db.Set<Account>().AsNoTracking();
        if (query.After is not null)
        {
            if (!Cursor.TryDecode(query.After, 1, out var cursor))
            {
                return Problems.Invalid("after", "This is not a cursor of this list.");
            }

            var last = cursor[0];
#pragma warning disable CA1309 // The database compares; it has no ordinal comparison, and orders by the same one.
            accounts = accounts.Where(a => string.Compare(a.Email, last) > 0);
#pragma warning restore CA1309
        }

        if (!string.IsNullOrWhiteSpace(query.Search))
        {
            var part = query.Search.Trim().ToLower(CultureInfo.InvariantCulture);
#pragma warning disable CA1304, CA1311, CA1862 // Becomes SQL's lower(), which takes no culture.
            accounts = accounts.Where(a => a.Email.Contains(part) || a.Name.ToLower().Contains(part));
#pragma warning restore CA1304, CA1311, CA1862
        }

        accounts = query.Role is { } role ? accounts.Where(a => a.Roles.Any(r => r.Role == role)) : accounts;
        accounts = query.Disabled is { } disabled ? accounts.Where(a => a.IsDisabled == disabled) : accounts;
        var limit = new PageRequest { Limit = query.Limit }.Take();
        var rows = await accounts.OrderBy(a => a.Email).Take(limit + 1).Include(a => a.Roles).ToListAsync(ct);
        var page = Paging.Cut(http, await PersonResponse.FromAsync(db, rows, ct), limit, last => Cursor.Encode(last.Email));
        details.Rows = page.Items.Count;
        return TypedResults.Ok(page);
    }
}

/// <summary>One account, with the reasons given for what was done to it.</summary>
internal static class GetPerson
{
    public sealed record Note(string Action, string Reason, Guid By, DateTime At);

    public sealed record Response(PersonResponse Person, IReadOnlyList<Note> Notes, IReadOnlyList<RoleRequestResponse> RoleRequests);

    public static void Map(RouteGroupBuilder people) => people
        .MapGet("/{id:guid}", HandleAsync)
        .WithName("GetPerson")
        .WithSummary("One account, with the reasons given for what was done to it")
        .Audited(AuditAction.PeopleRead);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(Guid id, PortalDb db, AuditDetails details, CancellationToken ct)
    {
        details.Resource = $"account/{id}";
        if (await db.Set<Account>().AsNoTracking().Include(a => a.Roles).SingleOrDefaultAsync(a => a.Id == id, ct) is not { } account)
        {
            return Refusal.NotFound().ToProblem();
        }

        var notes = await db.Set<AccountNote>().AsNoTracking().Where(n => n.AccountId == id).OrderByDescending(n => n.Id).Take(100).ToListAsync(ct);
        var requests = await db.Set<RoleRequest>().AsNoTracking().Where(r => r.AccountId == id).OrderByDescending(r => r.Id).Take(100).ToListAsync(ct);
        return TypedResults.Ok(new Response(
            (await PersonResponse.FromAsync(db, [account], ct))[0],
            [.. notes.Select(n => new Note(n.Action, n.Reason, n.By, n.At))],
            [.. requests.Select(RoleRequestResponse.From)]));
    }
}
