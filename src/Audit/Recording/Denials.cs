using System.Collections.Concurrent;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DataPortal.Audit.Recording;

/// <summary>Calls that a policy turned away never reach their endpoint's filter; they are entered here, before the refusal is answered.</summary>
internal sealed class EnterDenials(AnonymousDenials anonymous) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _standard = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var services = context.RequestServices;
        if (!authorizeResult.Succeeded && context.GetEndpoint()?.Metadata.GetMetadata<AuditedMetadata>() is { } audited)
        {
            var user = services.GetRequiredService<CurrentUser>();
            if (user.IsAuthenticated)
            {
                var denied = new AuditEvent(audited.Action) { Outcome = AuditOutcome.Denied, Code = user.DenialCode ?? ProblemCodes.Forbidden };
                await services.GetRequiredService<AuditTrail>().RecordReadAsync(denied, context.RequestAborted);
            }
            else
            {
                anonymous.Count(context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
            }
        }

        await _standard.HandleAsync(next, context, policy, authorizeResult);
    }
}

/// <summary>One entry per minute and source, however many attempts there were.</summary>
internal sealed class AnonymousDenials(IServiceScopeFactory scopes, GroupCommit groupCommit, TimeProvider clock, ILogger<AnonymousDenials> log) : BackgroundService
{
    private const int MostSources = 1000;
    private const string OtherSources = "other";

    private ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Count(string source)
    {
        var counts = Volatile.Read(ref _counts);
        // Addresses are cheap to forge; beyond this many in a minute only their sum is kept.
        var key = counts.Count < MostSources || counts.ContainsKey(source) ? source : OtherSources;
        counts.AddOrUpdate(key, 1, (_, n) => n + 1);
    }

    public async Task FlushAsync(CancellationToken ct)
    {
        var counts = Interlocked.Exchange(ref _counts, new(StringComparer.Ordinal));
        if (counts.IsEmpty)
        {
            return;
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var factory = scope.ServiceProvider.GetRequiredService<EntryFactory>();
            await Task.WhenAll(counts.Select(source => groupCommit.WriteAsync(
                factory.MakeAnonymous(new AuditEvent(AuditAction.AnonymousDenied) { Outcome = AuditOutcome.Denied, Code = ProblemCodes.NotSignedIn, Rows = source.Value }, source.Key), ct)));
        }
        catch (AnswerUnavailableException e)
        {
            Log.DenialsNotWritten(log, counts.Count, e);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await minute.WaitForNextTickAsync(stoppingToken))
        {
            await FlushAsync(stoppingToken);
        }
    }
}
