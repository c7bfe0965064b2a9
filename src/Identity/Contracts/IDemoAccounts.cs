using DataPortal.Kernel;

namespace DataPortal.Identity.Contracts;

/// <summary>The accounts of evaluation mode, for modules that prepare something for them. They exist once Identity's own step has run.</summary>
public interface IDemoAccounts
{
    /// <summary>The account's id, by its name in <c>demo.json</c> (<c>researcher</c>, <c>pharma</c>, …).</summary>
    /// <exception cref="InvalidOperationException">There is no such demo account, or this is not evaluation mode.</exception>
    Task<Guid> FindAsync(string name, CancellationToken ct);

    /// <summary>Notes in <c>demo.json</c> the names of projects by name of account; accounts that are not named keep what they have.</summary>
    Task RecordProjectsAsync(EvaluationContext context, IReadOnlyDictionary<string, IReadOnlyList<string>> projects, CancellationToken ct);
}
