using System.Data.Common;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DataPortal.Audit.Recording;

/// <summary>
/// The one entry that the present request owes (scoped). It goes with the handler's first saved change, in the same transaction; the
/// interceptors see to that, so that a handler cannot forget it.
/// </summary>
internal sealed class RequestEntry(AuditDetails details, EntryFactory factory)
{
    private AuditAction? _owed;
    private bool _inOpenTransaction;

    /// <summary>Committed, and not only sent to the database: a transaction of the handler's own may still come to nothing.</summary>
    public bool IsSaved { get; private set; }

    /// <summary>Neither committed nor on its way in the open transaction.</summary>
    public bool IsOwed => _owed is not null && !IsSaved && !_inOpenTransaction;

    public void Owe(AuditAction action) => _owed = action;

    public void JoinChanges(DbContext db)
    {
        if (!IsOwed || !db.ChangeTracker.HasChanges())
        {
            return;
        }

        // The handler may have recorded a fuller entry itself, and a second SaveChanges after a failed one finds ours still waiting.
        if (!db.ChangeTracker.Entries<AuditEntry>().Any(e => e.State == EntityState.Added))
        {
            factory.Make(details.ToEvent(_owed!.Value, AuditOutcome.Ok, null)).AddTo((PortalDb)db);
        }
    }

    public void Saved(bool inTransaction)
    {
        IsSaved |= !inTransaction;
        _inOpenTransaction = inTransaction;
    }

    public void Committed()
    {
        IsSaved |= _inOpenTransaction;
        _inOpenTransaction = false;
    }

    public void NotCommitted() => _inOpenTransaction = false;
}

/// <summary>
/// Adds the owed entry to what a handler saves, and follows it until it is committed. A transaction that is disposed of without a word raises no
/// event at all; so only a commit counts, and the next transaction starts afresh.
/// </summary>
internal sealed class JoinEntryToChanges(RequestEntry entry) : SaveChangesInterceptor, IDbTransactionInterceptor
{
    private bool _carriesEntry;

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Join(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Join(eventData);
        return ValueTask.FromResult(result);
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Saved(eventData);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Saved(eventData);
        return ValueTask.FromResult(result);
    }

    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        entry.NotCommitted();
        return result;
    }

    public ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        entry.NotCommitted();
        return ValueTask.FromResult(result);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => entry.Committed();

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        entry.Committed();
        return Task.CompletedTask;
    }

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => entry.NotCommitted();

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        entry.NotCommitted();
        return Task.CompletedTask;
    }

    private void Join(DbContextEventData eventData)
    {
        entry.JoinChanges(eventData.Context!);
        _carriesEntry = eventData.Context!.ChangeTracker.Entries<AuditEntry>().Any(e => e.State == EntityState.Added);
    }

    private void Saved(DbContextEventData eventData)
    {
        if (_carriesEntry)
        {
            entry.Saved(inTransaction: eventData.Context!.Database.CurrentTransaction is not null);
        }
    }
}

/// <summary><c>ExecuteUpdate</c> and <c>ExecuteDelete</c> go past <c>SaveChanges</c>; behind an <c>.Audited</c> endpoint they need an entry saved before them in the same transaction.</summary>
internal sealed class RefuseBulkChangesWithoutEntry(RequestEntry entry) : DbCommandInterceptor
{
    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Check(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Check(eventData);
        return ValueTask.FromResult(result);
    }

    private void Check(CommandEventData eventData)
    {
        if (entry.IsOwed && eventData.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete)
        {
            throw new InvalidOperationException("A bulk change before its audit entry: open a transaction, AuditTrail.Record and SaveChanges first.");
        }
    }
}
