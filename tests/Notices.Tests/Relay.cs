using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DataPortal.Notices.Tests;

/// <summary>A small mail relay on loopback (RFC 5321). What it answers to the end of a mail, or to a recipient, can be told in advance.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    public Relay()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync();
    }

    public int Port { get; }

    /// <summary>Mails taken: recipient, and the text as it came.</summary>
    public ConcurrentQueue<(string To, string Text)> Taken { get; } = new();

    /// <summary>Attempts to hand a mail over, taken or not, by recipient.</summary>
    public ConcurrentQueue<string> Attempts { get; } = new();

    /// <summary>The next answers to DATA's end; "250 ok" when it is empty. "cut" closes the line without a word after the mail was taken.</summary>
    public ConcurrentQueue<string> Answers { get; } = new();

    /// <summary>The answer to a recipient; null is yes.</summary>
    public Func<string, string?> Recipient { get; set; } = _ => null;

    public IReadOnlyList<string> TakenFor(string to) => [.. Taken.Where(t => t.To == to).Select(t => t.Text)];

    public int AttemptsFor(string to) => Attempts.Count(a => a == to);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
            {
                conversations.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await TalkAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client hung up, or the test is over.
            }
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        async Task SayAsync(string line) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), _end.Token);
        await SayAsync("220 relay");
        var to = "";
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await SayAsync("250-relay");
                    await SayAsync("250 SMTPUTF8");
                    break;
                case "RCPT":
                    to = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.LastIndexOf('>')];
                    if (Recipient(to) is { } refusal)
                    {
                        Attempts.Enqueue(to);
                        await SayAsync(refusal);
                        break;
                    }

                    await SayAsync("250 ok");
                    break;
                case "DATA":
                    await SayAsync("354 go on");
                    var text = new StringBuilder();
                    while (await reader.ReadLineAsync(_end.Token) is { } part && part != ".")
                    {
                        text.Append(part).Append('\n');
                    }

                    Attempts.Enqueue(to);
                    var answer = Answers.TryDequeue(out var told) ? told : "250 ok";
                    if (answer.StartsWith('2') || answer == "cut")
                    {
                        Taken.Enqueue((to, text.ToString()));
                    }

                    if (answer == "cut")
                    {
                        return;
                    }

                    await SayAsync(answer);
                    break;
                case "QUIT":
                    await SayAsync("221 bye");
                    return;
                default:
                    await SayAsync("250 ok");
                    break;
            }
        }
    }
}
