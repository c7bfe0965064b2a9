using DataPortal.Access.Contracts;
using DataPortal.Kernel;
using DataPortal.Research.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Exports.Tests;

/// <summary>Holds jobs still where they ask for permission, which they do before every chunk, so that something can happen to them in the middle.</summary>
public sealed class JobGate
{
    private readonly Lock _lock = new();
    private readonly List<Held> _held = [];

    /// <summary>The next job that reaches its n-th question waits there.</summary>
    public Held HoldAt(Guid account, int question)
    {
        var held = new Held(account, question);
        lock (_lock)
        {
            _held.Add(held);
        }

        return held;
    }

    internal async Task PassAsync(Guid account, CancellationToken ct)
    {
        Held? stopped;
        lock (_lock)
        {
            stopped = _held.Find(h => h.Account == account);
            if (stopped is null || ++stopped.Asked < stopped.Question)
            {
                return;
            }

            _held.Remove(stopped);
        }

        stopped.ReachedSource.SetResult();
        await stopped.ReleaseSource.Task.WaitAsync(ct);
    }

    public sealed class Held(Guid account, int question)
    {
        internal Guid Account { get; } = account;

        internal int Question { get; } = question;

        internal int Asked { get; set; }

        internal TaskCompletionSource ReachedSource { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource ReleaseSource { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => ReachedSource.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public void Release() => ReleaseSource.TrySetResult();
    }
}

/// <summary>The research portal, with the gate in front of what decides about access; the decisions are the portal's own.</summary>
public abstract class ExportPortal(DatabaseProvider provider) : ResearchPortal(provider)
{
    public JobGate Gate { get; } = new();

    protected override void Customise(WebApplicationBuilder builder)
    {
        base.Customise(builder);
        var decides = builder.Services.Last(s => s.ServiceType == typeof(IDataAccess)).ImplementationType!;
        builder.Services.AddScoped(decides);
        builder.Services.AddScoped<IDataAccess>(provider => new GatedAccess(
            (IDataAccess)provider.GetRequiredService(decides), Gate, provider.GetRequiredService<IHttpContextAccessor>()));
    }

    private sealed class GatedAccess(IDataAccess inner, JobGate gate, IHttpContextAccessor http) : IDataAccess
    {
        public async Task<DataGrantResult> AuthorizeAsync(CurrentUser user, string? project, string release, DataPermission needed, CancellationToken ct)
        {
            if (http.HttpContext is null)
            {
                await gate.PassAsync(user.AccountId, ct);
            }

            return await inner.AuthorizeAsync(user, project, release, needed, ct);
        }

        public Task<IReadOnlyList<ProjectSummary>> ListProjectsAsync(CurrentUser user, CancellationToken ct) => inner.ListProjectsAsync(user, ct);
    }
}

public sealed class SqliteExports() : ExportPortal(DatabaseProvider.Sqlite);

public sealed class PostgresExports() : ExportPortal(DatabaseProvider.Postgres);
