using System.Threading.Channels;
using DataPortal.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataPortal.Audit.Recording;

/// <summary>
/// The one writer of entries about reads. A commit costs a disk flush however many entries it holds, so whatever has queued up while the last
/// one ran goes into the next; each caller waits until its own entry is durable.
/// </summary>
internal sealed class GroupCommit(IServiceScopeFactory scopes, IOptions<AuditOptions> options, TimeProvider clock, ILogger<GroupCommit> log) : BackgroundService
{
    private const int Capacity = 4096;
    private const int LargestBatch = 512;

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <exception cref="AnswerUnavailableException">Not durable: no data may be given.</exception>
    public async Task WriteAsync(NewEntry entry, CancellationToken ct)
    {
        var waiting = new Waiting(entry, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var patience = TimeSpan.FromSeconds(options.Value.WriteTimeoutSeconds);
        try
        {
            using var deadline = new CancellationTokenSource(patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
            await _queue.Writer.WriteAsync(waiting, either.Token);
            await waiting.Durable.Task.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            throw new AnswerUnavailableException("audit_unavailable", "The audit trail cannot be written, so nothing may be answered. Try again later.", e);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The queue is drained first: callers still waiting have their answers ready.
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Waiting>(LargestBatch);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            batch.Clear();
            while (batch.Count < LargestBatch && _queue.Reader.TryRead(out var next))
            {
                batch.Add(next);
            }

            await CommitAsync(batch);
        }
    }

    private async Task CommitAsync(List<Waiting> batch)
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.WriteTimeoutSeconds), clock);
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
            batch.ForEach(waiting => waiting.Entry.AddTo(db));
            await db.SaveChangesAsync(deadline.Token);
        }
        catch (Exception e)
        {
            Log.EntriesNotWritten(log, batch.Count, e);
            batch.ForEach(waiting => waiting.Durable.TrySetException(e));
            return;
        }

        batch.ForEach(waiting => waiting.Durable.TrySetResult());
    }

    private sealed record Waiting(NewEntry Entry, TaskCompletionSource Durable);
}
