using System.Security.Cryptography;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace DataPortal.Audit.Recording;

/// <summary>Adds to an event what the trail knows by itself: id, time, caller, request and node.</summary>
internal sealed class EntryFactory(CurrentUser user, TimeProvider clock, IHttpContextAccessor http, IOptions<AuditOptions> options)
{
    private const int SaltBytes = 16;
    private const int MaxUserAgent = 400;

    public NewEntry Make(AuditEvent happened) => Make(happened, Personal());

    /// <summary>An entry that stands for many requests of one address, none of them signed in.</summary>
    public NewEntry MakeAnonymous(AuditEvent happened, string address) => Make(happened, new PersonalFields(null, null, Storable(address), null));

    private NewEntry Make(AuditEvent happened, PersonalFields fields)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var personal = fields.IsEmpty ? null : new AuditPersonal
        {
            EntryId = id,
            Salt = RandomNumberGenerator.GetBytes(SaltBytes),
            Name = fields.Name,
            Email = fields.Email,
            Address = fields.Address,
            UserAgent = fields.UserAgent,
        };
        var entry = new AuditEntry
        {
            Id = id,
            Time = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc),
            Action = happened.Action.Name,
            Outcome = happened.Outcome,
            Code = Storable(happened.Code),
            Actor = happened.Actor ?? (user.IsAuthenticated ? user.AccountId : null),
            Client = Storable(user.ClientId),
            Project = happened.Project,
            Release = Storable(happened.Release),
            Resource = Storable(happened.Resource),
            Query = Storable(happened.Query),
            QueryHash = happened.QueryHash,
            Rows = happened.Rows,
            RequestId = http.HttpContext is { } context ? Storable(RequestId.Of(context)) : null,
            Node = options.Value.Node,
            PersonalHash = personal is null ? null : CanonicalEntry.PersonalHash(personal),
        };
        return new NewEntry(entry, personal);
    }

    private PersonalFields Personal()
    {
        var context = http.HttpContext;
        var agent = Storable(context?.Request.Headers.UserAgent.ToString());
        return new PersonalFields(
            user.IsAuthenticated ? Storable(user.Name) : null,
            Storable(user.Email),
            context?.Connection.RemoteIpAddress?.ToString(),
            agent?.Length > MaxUserAgent ? Storable(agent[..MaxUserAgent]) : agent);
    }

    /// <summary>
    /// PostgreSQL cannot store U+0000 and UTF-8 cannot hold half a surrogate pair. Stored as they came, the canonical bytes could not be made
    /// again from the columns; so they are replaced before anything is hashed.
    /// </summary>
    internal static string? Storable(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
    }

    private readonly record struct PersonalFields(string? Name, string? Email, string? Address, string? UserAgent)
    {
        public bool IsEmpty => Name is null && Email is null && Address is null && UserAgent is null;
    }
}
