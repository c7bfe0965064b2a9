using Quartz;

namespace DataPortal.Exports.Jobs;

/// <summary>The scheduler's side of an export: which one, and until when. What happens is in <see cref="ExportRun"/>.</summary>
[DisallowConcurrentExecution]
internal sealed class RunExport(ExportRun run) : IJob
{
    public const string ExportId = "export";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await run.RunAsync(Guid.Parse(context.MergedJobDataMap.GetString(ExportId)!), cancellationToken);
}
