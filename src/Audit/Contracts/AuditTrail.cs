using DataPortal.Audit.Recording;
using DataPortal.Kernel;

namespace DataPortal.Audit.Contracts;

/// <summary>
/// The two ways into the trail for code that is not behind an <c>.Audited</c> endpoint: jobs, commands of the operator, and use cases with more
/// than one entry. An endpoint needs neither: its metadata and <see cref="AuditDetails"/> do it.
/// </summary>
public sealed class AuditTrail
{
    private readonly PortalDb _db;
    private readonly EntryFactory _factory;
    private readonly GroupCommit _groupCommit;

    internal AuditTrail(PortalDb db, EntryFactory factory, GroupCommit groupCommit) => (_db, _factory, _groupCommit) = (db, factory, groupCommit);

    /// <summary>For a change: adds the entry to the same <see cref="PortalDb"/>, so that the next <c>SaveChanges</c> commits both or neither.</summary>
    public void Record(AuditEvent happened) => _factory.Make(happened).AddTo(_db);

    /// <summary>For a read: returns when the entry is durable. Only then may the first byte of the answer leave. Never call it inside
    /// an open transaction: on SQLite, which has one writer, the trail would wait for the caller and the caller for the trail.</summary>
    /// <exception cref="AnswerUnavailableException">The trail cannot be written (<c>audit_unavailable</c>, 503): give no data.</exception>
    public Task RecordReadAsync(AuditEvent happened, CancellationToken ct) => _groupCommit.WriteAsync(_factory.Make(happened), ct);
}
