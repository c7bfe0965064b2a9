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

    /// <summary>True from the moment the entry was saved, until its transaction is rolled back.</summary>
    public bool IsSaved { get; private set; }

    public bool IsOwed => _owed is not null && !IsSaved;

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

    public void Saved() => IsSaved |= IsOwed;

    public void RolledBack() => IsSaved = false;
}

/// <summary>Adds the owed entry to what a handler saves, and notices a rollback.</summary>
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
        Saved();
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Saved();
        return ValueTask.FromResult(result);
    }

    public void TransactionRolledBack(System.Data.Common.DbTransaction transaction, TransactionEndEventData eventData) => entry.RolledBack();

    public Task TransactionRolledBackAsync(System.Data.Common.DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        entry.RolledBack();
        return Task.CompletedTask;
    }

    private void Join(DbContextEventData eventData)
    {
        entry.JoinChanges(eventData.Context!);
        _carriesEntry = eventData.Context!.ChangeTracker.Entries<AuditEntry>().Any(e => e.State == EntityState.Added);
    }

    private void Saved()
    {
        if (_carriesEntry)
        {
            entry.Saved();
        }
    }
}

/// <summary><c>ExecuteUpdate</c> and <c>ExecuteDelete</c> go past <c>SaveChanges</c>; behind an <c>.Audited</c> endpoint they need an entry saved before them in the same transaction.</summary>
internal sealed class RefuseBulkChangesWithoutEntry(RequestEntry entry) : DbCommandInterceptor
{
    public override InterceptionResult<int> NonQueryExecuting(System.Data.Common.DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Check(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(System.Data.Common.DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Check(eventData);
        return ValueTask.FromResult(result);
    }

    private void Check(CommandEventData eventData)
    {
        if (entry.IsOwed && eventData.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete && entry.IsOwed)
        {
            throw new InvalidOperationException("A bulk change before its audit entry: open a transaction, AuditTrail.Record and SaveChanges first.");
        }
    }
}
