using System.Text.Json;

namespace DataPortal.Cli.Connection;

/// <summary>What <c>DIR/demo.json</c> says of a portal in evaluation mode.</summary>
internal sealed record DemoFile(Uri Url, Uri Issuer, IReadOnlyList<DemoClient> Clients)
{
    /// <summary>The file of a folder; null when the folder has none.</summary>
    public static DemoFile? Read(string folder)
    {
        var path = Path.Combine(folder, "demo.json");
        return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), ConnectionJson.Default.DemoFile) : null;
    }
}

/// <summary>A client that stands for a demo account.</summary>
internal sealed record DemoClient(string Name, string ClientId, string ClientSecret);

/// <summary>Source-made converters: reflection would cost a tenth of a second at each start.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(DemoFile))]
[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, Login>))]
[System.Text.Json.Serialization.JsonSerializable(typeof(ProgramFile))]
internal sealed partial class ConnectionJson : System.Text.Json.Serialization.JsonSerializerContext;
