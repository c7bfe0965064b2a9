using System.Net;
using DataPortal.Access.Contracts;
using DataPortal.Access.Projects;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Access.Tests;

public sealed class EvaluationProjectsTests : IDisposable
{
    private readonly string _folder = EvaluationPortal.NewFolder();
    private readonly int _port = EvaluationPortal.FreePort();

    public EvaluationProjectsTests() => EvaluationPortal.RequireNode();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_demo_accounts_have_the_projects_that_are_promised_for_them()
    {
        await using var portal = await EvaluationPortal.StartedAsync(_folder, _port);
        foreach (var (name, state, permissions) in (IEnumerable<(string, string, string[])>)
        [
            ("researcher", "active", ["summary", "records", "download"]),
            ("pharma", "active", ["summary", "records", "download"]),
            ("unpaid", "pending", ["summary", "records", "download"]),
            ("summary", "active", ["summary"]),
        ])
        {
            var (status, body) = await portal.GetAsync("/api/v1/projects", await portal.TokenAsync(name));
            Assert.Equal(HttpStatusCode.OK, status);
            var project = Assert.Single(body["items"]!.AsArray())!;
            Assert.Equal(state, project["state"]!.GetValue<string>());
            Assert.Equal(permissions, project["permissions"]!.AsArray().Select(p => p!.GetValue<string>()));
            Assert.Null(project["releases"]);
            Assert.Equal([project["name"]!.GetValue<string>()], InDemoFile(portal, name));
        }

        Assert.Empty((await portal.GetAsync("/api/v1/projects", await portal.TokenAsync("explorer"))).Body["items"]!.AsArray());
        Assert.Empty(InDemoFile(portal, "explorer"));
    }

    [Fact]
    public async Task Each_demo_account_is_told_what_it_may_and_why_not()
    {
        await using var portal = await EvaluationPortal.StartedAsync(_folder, _port);
        Assert.Equal(("Member", null), await AskAsync(portal, "researcher", DataPermission.Download));
        Assert.Equal(("Member", null), await AskAsync(portal, "pharma", DataPermission.Records));
        Assert.Equal(("Summary", null), await AskAsync(portal, "summary", DataPermission.Summary));
        Assert.Equal((null, "permission_missing"), await AskAsync(portal, "summary", DataPermission.Download));
        Assert.Equal(("Explorer", null), await AskAsync(portal, "explorer", DataPermission.Summary));
        Assert.Equal((null, "permission_missing"), await AskAsync(portal, "explorer", DataPermission.Download));
        Assert.Equal((null, "project_pending"), await AskAsync(portal, "unpaid", DataPermission.Summary));
        Assert.Equal((null, "permission_missing"), await AskAsync(portal, "researcher", DataPermission.Germline));
    }

    [Fact]
    public async Task A_second_start_adds_nothing_and_keeps_the_pseudonyms()
    {
        string name;
        await using (var first = await EvaluationPortal.StartedAsync(_folder, _port))
        {
            name = await CaseNameAsync(first);
        }

        await using var second = await EvaluationPortal.StartedAsync(_folder, _port);
        Assert.Equal(name, await CaseNameAsync(second));
        await using var scope = second.Services.CreateAsyncScope();
        Assert.Equal(4, await scope.ServiceProvider.GetRequiredService<PortalDb>().Set<Project>().CountAsync());
    }

    [Fact]
    public async Task Outside_evaluation_mode_no_demo_project_is_made()
    {
        await using var production = await EvaluationPortal.BuildAsync(_folder, _port, isEvaluation: false);
        await using var scope = production.Services.CreateAsyncScope();
        var step = production.Services.GetServices<IEvaluationSetup>().Single(s => s.Order == 200);
        await Assert.ThrowsAsync<InvalidOperationException>(() => step.PrepareAsync(production.Context(scope.ServiceProvider), CancellationToken.None));
        Assert.False(await scope.ServiceProvider.GetRequiredService<PortalDb>().Set<Project>().AnyAsync());
    }

    private static IEnumerable<string> InDemoFile(EvaluationPortal portal, string account) => portal.DemoFile()["accounts"]!.AsArray()
        .Single(a => a!["name"]!.GetValue<string>() == account)!["projects"]!.AsArray().Select(p => p!.GetValue<string>());

    private static async Task<(string? Tier, string? Code)> AskAsync(EvaluationPortal portal, string name, DataPermission needed)
    {
        var result = await AuthorizeAsync(portal, name, needed);
        return (result.Grant?.Tier.ToString(), result.Refusal?.Code);
    }

    private static async Task<string> CaseNameAsync(EvaluationPortal portal) =>
        (await AuthorizeAsync(portal, "researcher", DataPermission.Records)).Grant!.Pseudonyms!.Case(1);

    private static async Task<DataGrantResult> AuthorizeAsync(EvaluationPortal portal, string name, DataPermission needed)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var account = await scope.ServiceProvider.GetRequiredService<IDemoAccounts>().FindAsync(name, CancellationToken.None);
        var user = scope.ServiceProvider.GetRequiredService<CurrentUser>();
        user.ActAs(new Caller(account, account.ToString(), name, null, null, [], IsDemo: true));
        return await scope.ServiceProvider.GetRequiredService<IDataAccess>().AuthorizeAsync(user, null, "any release", needed, CancellationToken.None);
    }
}
