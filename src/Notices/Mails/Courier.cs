using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using DataPortal.Kernel;
using DataPortal.Notices.Contracts;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace DataPortal.Notices.Mails;

/// <summary>Hands one mail over: to the relay, or into the pickup folder.</summary>
internal sealed class Courier(IOptions<MailOptions> options, IOptions<DataDirectory> data, RunMode mode)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>For a relay that stutters (4xx, or the line breaks); one that is down is the outbox's business.</summary>
    private readonly ResiliencePipeline _retries = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<SmtpException>(e => (int)e.StatusCode < 500),
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(500),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .Build();

    private string? Folder => mode.IsEvaluation ? Path.Combine(Path.GetFullPath(data.Value.Directory), "mail") : options.Value.PickupFolder;

    /// <summary>False as long as nothing is configured that would take mail.</summary>
    public bool IsReady => Folder is { Length: > 0 } || options.Value.Host is { Length: > 0 };

    public async Task DeliverAsync(OutgoingMail outgoing, Mail mail, CancellationToken ct)
    {
        if (Folder is { Length: > 0 } folder)
        {
            await WriteAsync(folder, outgoing, mail, ct);
        }
        else
        {
            await _retries.ExecuteAsync(async token => await SendAsync(outgoing.Id, mail, token), ct);
        }
    }

    /// <summary>
    /// RFC 5321, 4.2.2: this recipient or this mail is refused for good. The other 5xx speak of how the relay and we are set up, which the operator can mend.
    /// </summary>
    public static bool IsForGood(SmtpException e) => (int)e.StatusCode is >= 550 and <= 554;

    private async Task SendAsync(Guid id, Mail mail, CancellationToken ct)
    {
        var relay = options.Value;
        using var client = new SmtpClient(relay.Host, relay.Port) { EnableSsl = relay.UseTls, DeliveryFormat = SmtpDeliveryFormat.International };
        if (relay.User is { Length: > 0 } user)
        {
            client.Credentials = new NetworkCredential(user, (await File.ReadAllLinesAsync(relay.PasswordFile!, ct)).FirstOrDefault());
        }

        using var message = new MailMessage(relay.From, mail.To)
        {
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = mail.Body,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.Base64,
        };
        // The same for every attempt: should a relay have taken the mail without saying so, the reader's program shows it once.
        message.Headers["Message-ID"] = MessageId(id);
        message.Headers["Auto-Submitted"] = "auto-generated";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        await client.SendMailAsync(message, limit.Token);
    }

    /// <summary>Plain UTF-8 (RFC 6532), to be read with any editor; readable by the user alone, because links in it are secrets.</summary>
    private async Task WriteAsync(string folder, OutgoingMail outgoing, Mail mail, CancellationToken ct)
    {
        var file = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // By when it was posted: written twice, it is still one file.
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{outgoing.CreatedAt:yyyyMMdd'T'HHmmss}-{outgoing.Id:N}.eml"));
        var text = $"""
            From: {options.Value.From}
            To: {mail.To}
            Subject: {mail.Subject}
            Date: {outgoing.CreatedAt.ToString("r", CultureInfo.InvariantCulture)}
            Message-ID: {MessageId(outgoing.Id)}
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            {mail.Body}

            """;
        await using (var stream = new FileStream(path + ".new", file))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private string MessageId(Guid id) => $"<{id:N}@{new MailAddress(options.Value.From).Host}>";
}
