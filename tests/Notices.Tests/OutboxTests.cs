using System.Text;
using System.Text.RegularExpressions;
using DataPortal.Host;
using DataPortal.Kernel;
using DataPortal.Notices.Contracts;
using DataPortal.Notices.Mails;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DataPortal.Notices.Tests;

/// <summary>A portal whose mail goes to <see cref="Relay"/>. Its own sender is still: the tests say when a round is made.</summary>
public abstract class MailPortal(DatabaseProvider provider) : PortalFixture(provider)
{
    public Relay Relay { get; } = new();

    public Dictionary<string, string?> Settings { get; } = new(StringComparer.Ordinal);

    public Task<WebApplication> NodeAsync(params (string Key, string? Value)[] changes)
    {
        var settings = new Dictionary<string, string?>(Settings, StringComparer.Ordinal);
        foreach (var (key, value) in changes)
        {
            settings[key] = value;
        }

        return Task.FromResult(PortalApplication.Build(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new RunMode(IsEvaluation: false), builder => builder.Logging.ClearProviders()));
    }

    protected override void Configure(IDictionary<string, string?> settings)
    {
        settings["Mail:Host"] = "127.0.0.1";
        settings["Mail:Port"] = $"{Relay.Port}";
        settings["Mail:UseTls"] = "false";
        settings["Mail:From"] = "portal@example.org";
        foreach (var (key, value) in settings)
        {
            Settings[key] = value;
        }
    }

    protected override void Customise(WebApplicationBuilder builder) =>
        builder.Services.Remove(builder.Services.Single(s => s.ServiceType == typeof(IHostedService) && s.ImplementationFactory?.Method.ReturnType == typeof(SendMails)));
}

public sealed class SqliteMail() : MailPortal(DatabaseProvider.Sqlite);

public sealed class PostgresMail() : MailPortal(DatabaseProvider.Postgres);

public abstract class OutboxTests(MailPortal portal) : PortalTests(portal)
{
    private readonly string _to = $"a.{Guid.CreateVersion7():N}@example.org";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SendMails Sender => portal.Services.GetRequiredService<SendMails>();

    [Fact]
    public async Task A_mail_is_delivered_once_and_its_text_forgotten()
    {
        var id = await PostAsync(_to, "件名 – with ✓ and a long tail so that it must be folded somewhere along the way of it", "一行目\n.leading dot\n\nhttps://portal.example/x?token=secret\n");
        Assert.DoesNotContain("secret", (await RowAsync(id)).Content!, StringComparison.Ordinal);
        await RoundAsync();
        await RoundAsync();

        var text = Assert.Single(portal.Relay.TakenFor(_to));
        Assert.Contains("From: portal@example.org", text, StringComparison.Ordinal);
        Assert.Contains($"Message-ID: <{id:N}@example.org>", text, StringComparison.OrdinalIgnoreCase);
        var body = Encoding.UTF8.GetString(Convert.FromBase64String(text[(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Replace("\n", "", StringComparison.Ordinal)));
        Assert.Equal("一行目\n.leading dot\n\nhttps://portal.example/x?token=secret\n", body.ReplaceLineEndings("\n"));
        var row = await RowAsync(id);
        Assert.NotNull(row.SentAt);
        Assert.Equal((null, null, 1), (row.Content, row.LastError, row.Attempts));
    }

    [Fact]
    public async Task Nothing_is_sent_of_a_change_that_did_not_happen()
    {
        await using (var scope = portal.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            scope.ServiceProvider.GetRequiredService<IMailbox>().Post(new Mail(_to, "x", "y"));
            await db.SaveChangesAsync(Ct);
            await transaction.RollbackAsync(Ct);
        }

        await RoundAsync();
        Assert.Empty(portal.Relay.TakenFor(_to));
    }

    [Theory]
    [InlineData("451 try later")]
    [InlineData("421 closing")]
    public async Task A_relay_that_stutters_is_asked_again_at_once(string answer)
    {
        portal.Relay.Answers.Enqueue(answer);
        portal.Relay.Answers.Enqueue(answer);
        var id = await PostAsync(_to);
        await RoundAsync();
        Assert.Equal((3, 1), (portal.Relay.AttemptsFor(_to), portal.Relay.TakenFor(_to).Count));
        Assert.NotNull((await RowAsync(id)).SentAt);
    }

    [Fact]
    public async Task A_relay_that_keeps_refusing_is_asked_again_after_growing_pauses_and_nothing_is_lost()
    {
        portal.Relay.Recipient = to => to == _to ? "450 busy" : null;
        var id = await PostAsync(_to);
        var pauses = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            await DueAsync(id);
            await RoundAsync();
            var row = await RowAsync(id);
            pauses.Add(Math.Round((row.NextAttemptAt - Now).TotalMinutes));
            Assert.Equal("smtp MailboxBusy", row.LastError);
            Assert.Null(row.GivenUpAt);
        }

        Assert.Equal([1, 2, 4], pauses);
        Assert.Equal(9, portal.Relay.AttemptsFor(_to));
        // Not due: not asked.
        await RoundAsync();
        Assert.Equal(9, portal.Relay.AttemptsFor(_to));
        portal.Relay.Recipient = _ => null;
        await DueAsync(id);
        await RoundAsync();
        Assert.Single(portal.Relay.TakenFor(_to));
    }

    [Fact]
    public async Task A_recipient_refused_for_good_is_given_up_at_once()
    {
        portal.Relay.Recipient = to => to == _to ? "550 no such user" : null;
        var id = await PostAsync(_to);
        await RoundAsync();
        portal.Relay.Recipient = _ => null;
        await DueAsync(id);
        await RoundAsync();
        Assert.Equal((1, 0), (portal.Relay.AttemptsFor(_to), portal.Relay.TakenFor(_to).Count));
        var row = await RowAsync(id);
        Assert.NotNull(row.GivenUpAt);
        Assert.Equal((null, "smtp MailboxUnavailable"), (row.Content, row.LastError));
    }

    [Fact]
    public async Task A_content_refused_for_good_is_given_up_and_what_the_operator_can_mend_is_not()
    {
        portal.Relay.Answers.Enqueue("554 no");
        var refused = await PostAsync(_to);
        await RoundAsync();
        Assert.NotNull((await RowAsync(refused)).GivenUpAt);

        portal.Relay.Answers.Enqueue("530 authenticate first");
        var waiting = await PostAsync(_to);
        await RoundAsync();
        Assert.Null((await RowAsync(waiting)).GivenUpAt);
        Assert.Equal(2, portal.Relay.AttemptsFor(_to));
        await DueAsync(waiting);
        await RoundAsync();
        Assert.NotNull((await RowAsync(waiting)).SentAt);
    }

    [Fact]
    public async Task After_five_days_a_mail_is_given_up()
    {
        portal.Relay.Recipient = to => to == _to ? "450 busy" : null;
        var id = await PostAsync(_to);
        await portal.WithDbAsync(db => db.Set<OutgoingMail>().Where(m => m.Id == id).ExecuteUpdateAsync(m => m.SetProperty(x => x.CreatedAt, Now.AddDays(-5).AddMinutes(-1)), Ct));
        await DueAsync(id);
        await RoundAsync();
        portal.Relay.Recipient = _ => null;
        Assert.NotNull((await RowAsync(id)).GivenUpAt);
    }

    [Fact]
    public async Task A_node_that_died_while_sending_leaves_its_mail_to_another()
    {
        var id = await PostAsync(_to);
        // Claimed by somebody of whom nothing is heard any more.
        await portal.WithDbAsync(db => db.Set<OutgoingMail>().Where(m => m.Id == id).ExecuteUpdateAsync(
            m => m.SetProperty(x => x.ClaimedBy, Guid.CreateVersion7()).SetProperty(x => x.Attempts, 1).SetProperty(x => x.NextAttemptAt, Now.AddMinutes(5)), Ct));
        await RoundAsync();
        Assert.Empty(portal.Relay.TakenFor(_to));
        await DueAsync(id);

        // A process of its own, begun after the crash, sends what the first one had posted.
        await using var node = await portal.NodeAsync();
        await node.Services.GetRequiredService<SendMails>().RoundAsync(Ct);
        Assert.Single(portal.Relay.TakenFor(_to));
        Assert.NotNull((await RowAsync(id)).SentAt);
    }

    [Fact]
    public async Task A_mail_that_may_have_been_taken_before_the_line_broke_keeps_its_id()
    {
        portal.Relay.Answers.Enqueue("cut");
        var id = await PostAsync(_to);
        await RoundAsync();
        var taken = portal.Relay.TakenFor(_to);
        Assert.Equal(2, taken.Count);
        Assert.All(taken, t => Assert.Contains($"<{id:N}@example.org>", t, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_nodes_and_many_rounds_at_once_send_each_mail_once()
    {
        var recipients = Enumerable.Range(0, 60).Select(i => $"r{i}.{_to}").ToList();
        foreach (var to in recipients)
        {
            await PostAsync(to);
        }

        await using var node = await portal.NodeAsync();
        var senders = new[] { Sender, node.Services.GetRequiredService<SendMails>() };
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            for (var round = 0; round < 6; round++)
            {
                try
                {
                    await senders[i % 2].RoundAsync(Ct);
                }
                catch (Exception e) when (e is DbUpdateException or System.Data.Common.DbException)
                {
                    // A busy database: the next round goes on.
                    await Task.Delay(20, Ct);
                }
            }
        }));
        await RoundAsync();
        Assert.All(recipients, to => Assert.Single(portal.Relay.TakenFor(to)));
    }

    [Theory]
    [InlineData("a@example.org\r\nBcc: b@example.org", "x")]
    [InlineData("a@example.org\nBcc: b@example.org", "x")]
    [InlineData("a@example.org,b@example.org", "x")]
    [InlineData("A <a@example.org>", "x")]
    [InlineData("", "x")]
    [InlineData("a@example.org", "x\r\nBcc: b@example.org")]
    [InlineData("a@example.org", "x\nBcc: b@example.org")]
    [InlineData("a@example.org", "x\u2028Bcc: b@example.org")]
    [InlineData("a@example.org", "")]
    public async Task An_address_or_subject_that_would_write_headers_is_not_posted(string to, string subject)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var mailbox = scope.ServiceProvider.GetRequiredService<IMailbox>();
        Assert.Throws<ArgumentException>(() => mailbox.Post(new Mail(to, subject, "x")));
        // The control: the same, without what makes it two lines or two addresses.
        mailbox.Post(new Mail("a@example.org", "x Bcc: b@example.org", "Bcc: b@example.org\r\n"));
    }

    [Fact]
    public async Task A_folder_takes_mail_as_files_for_its_owner_only()
    {
        var folder = Path.Combine(portal.Folder, "mail-" + Guid.CreateVersion7().ToString("N"));
        var id = await PostAsync(_to, "件名", "本文\nhttps://portal.example/x\n");
        await using var node = await portal.NodeAsync(("Mail:Host", null), ("Mail:PickupFolder", folder));
        await node.Services.GetRequiredService<SendMails>().RoundAsync(Ct);
        var path = Assert.Single(Directory.GetFiles(folder), f => f.Contains($"{id:N}", StringComparison.Ordinal));
        Assert.Matches(new Regex("[0-9]{8}T[0-9]{6}-[0-9a-f]{32}\\.eml$", RegexOptions.None, TimeSpan.FromSeconds(1)), path);
        var text = await File.ReadAllTextAsync(path, Ct);
        Assert.Contains($"To: {_to}\n", text, StringComparison.Ordinal);
        Assert.Contains("Subject: 件名\n", text, StringComparison.Ordinal);
        Assert.Contains("\n\n本文\nhttps://portal.example/x\n", text, StringComparison.Ordinal);
        Assert.NotNull((await RowAsync(id)).SentAt);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task Without_a_relay_and_a_folder_mail_waits()
    {
        var id = await PostAsync(_to);
        await using (var node = await portal.NodeAsync(("Mail:Host", null)))
        {
            await node.Services.GetRequiredService<SendMails>().RoundAsync(Ct);
        }

        Assert.Equal((null, null, 0), ((await RowAsync(id)).SentAt, (await RowAsync(id)).GivenUpAt, (await RowAsync(id)).Attempts));
        await RoundAsync();
        Assert.Single(portal.Relay.TakenFor(_to));
    }

    [Fact]
    public async Task What_was_sent_long_ago_is_forgotten_and_what_waits_is_not()
    {
        var (sent, waiting) = (await PostAsync(_to), await PostAsync(_to));
        await portal.WithDbAsync(db => db.Set<OutgoingMail>().Where(m => m.Id == sent).ExecuteUpdateAsync(m => m.SetProperty(x => x.SentAt, Now.AddDays(-91)).SetProperty(x => x.CreatedAt, Now.AddDays(-91)), Ct));
        await portal.WithDbAsync(db => db.Set<OutgoingMail>().Where(m => m.Id == waiting).ExecuteUpdateAsync(m => m.SetProperty(x => x.CreatedAt, Now.AddDays(-91)).SetProperty(x => x.NextAttemptAt, Now.AddHours(1)), Ct));
        await using var node = await portal.NodeAsync();
        await node.Services.GetRequiredService<SendMails>().RoundAsync(Ct);
        Assert.Equal([waiting], await portal.WithDbAsync(db => db.Set<OutgoingMail>().Where(m => m.Id == sent || m.Id == waiting).Select(m => m.Id).ToListAsync(Ct)));
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private async Task<Guid> PostAsync(string to, string subject = "subject", string body = "text\n")
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        scope.ServiceProvider.GetRequiredService<IMailbox>().Post(new Mail(to, subject, body));
        var id = db.ChangeTracker.Entries<OutgoingMail>().Single().Entity.Id;
        await db.SaveChangesAsync(Ct);
        return id;
    }

    private async Task RoundAsync()
    {
        while (await Sender.RoundAsync(Ct) == 20)
        {
        }
    }

    private Task<int> DueAsync(Guid id) => portal.WithDbAsync(db => db.Set<OutgoingMail>().Where(m => m.Id == id).ExecuteUpdateAsync(m => m.SetProperty(x => x.NextAttemptAt, Now.AddSeconds(-1)), Ct));

    private Task<OutgoingMail> RowAsync(Guid id) => portal.WithDbAsync(db => db.Set<OutgoingMail>().AsNoTracking().SingleAsync(m => m.Id == id, Ct));
}

public sealed class OutboxTestsOnSqlite(SqliteMail portal) : OutboxTests(portal), IClassFixture<SqliteMail>;

public sealed class OutboxTestsOnPostgres(PostgresMail portal) : OutboxTests(portal), IClassFixture<PostgresMail>;
