using System.Security.Claims;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataPortal.Exports.Requests;

/// <summary>
/// A file that takes minutes to send: whoever asked for it may lose the right to it meanwhile. So it is asked again while the bytes flow, and when the
/// answer has become no, the connection is broken off: the recipient sees a failed transfer, and not a short file.
/// </summary>
internal sealed class WatchedDownload(PhysicalFileHttpResult file, Export export, string resource) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => null;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted);
        var watch = WatchAsync(httpContext, finished.Token);
        try
        {
            await file.ExecuteAsync(httpContext);
        }
        finally
        {
            // Before the context goes back to the server: the next request must not be broken off in this one's stead.
            await finished.CancelAsync();
            await watch;
        }
    }

    private async Task WatchAsync(HttpContext http, CancellationToken finished)
    {
        var services = http.RequestServices;
        var every = TimeSpan.FromSeconds(services.GetRequiredService<IOptions<ExportsOptions>>().Value.DownloadCheckSeconds);
        using var timer = new PeriodicTimer(every);
        try
        {
            while (await timer.WaitForNextTickAsync(finished))
            {
                if (await ReasonToStopAsync(http.User, services, finished) is { } code)
                {
                    http.Abort();
                    await EnterAsync(services, code);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The file is sent, or its recipient is gone.
        }
    }

    private async Task<string?> ReasonToStopAsync(ClaimsPrincipal principal, IServiceProvider services, CancellationToken ct)
    {
        try
        {
            // A scope of its own: that of the request has answered already who is asking, and keeps to it.
            await using var scope = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
            var user = scope.ServiceProvider.GetRequiredService<CurrentUser>();
            if (await scope.ServiceProvider.GetRequiredService<ICurrentUserSource>().FindAsync(principal, ct) is not { } caller)
            {
                return user.DenialCode ?? "account_disabled";
            }

            user.ActAs(caller);
            var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
            if (!await db.Set<Export>().AnyAsync(e => e.Id == export.Id && e.State == ExportState.Completed, ct))
            {
                return "export_expired";
            }

            var granted = await scope.ServiceProvider.GetRequiredService<IDataAccess>()
                .AuthorizeAsync(user, export.ProjectId.ToString("D"), export.Release, RequestExport.Needed(export.IncludesGermline), ct);
            return granted.Refusal?.Code;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Who cannot be asked has not said yes; with Range the download goes on where it stopped.
            Log.NotChecked(services.GetRequiredService<ILogger<WatchedDownload>>(), export.Id, e);
            return "access_unknown";
        }
    }

    private async Task EnterAsync(IServiceProvider services, string code)
    {
        await using var scope = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        try
        {
            await scope.ServiceProvider.GetRequiredService<AuditTrail>().RecordReadAsync(
                new AuditEvent(AuditAction.ExportDownloadStopped)
                {
                    Outcome = AuditOutcome.Denied, Code = code, Actor = export.AccountId, Project = export.ProjectId, Release = export.Release, Resource = resource,
                },
                CancellationToken.None);
        }
        catch (AnswerUnavailableException e)
        {
            Log.StopNotEntered(services.GetRequiredService<ILogger<WatchedDownload>>(), export.Id, code, e);
        }
    }
}
