using DataPortal.Releases.Building;
using DataPortal.Releases.Sealing;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Tests;

/// <summary>A folder for one test, with a signing key; gone at the end.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "dataportal-" + Guid.CreateVersion7().ToString("N"));

    public string Keys => System.IO.Path.Combine(Path, "keys");

    public IEnumerable<string> PublicKeys => Directory.EnumerateFiles(Keys, "*.pub").Select(File.ReadAllText);

    public string Release(string name) => System.IO.Path.Combine(Path, "releases", name);

    public ReleaseBuilder Builder(string name, byte keyByte = 7, bool textsReviewed = true)
    {
        var key = new byte[32];
        Array.Fill(key, keyByte);
        return new ReleaseBuilder(new ReleaseSettings(Release(name), name, "test", key, ReleaseSigner.OpenOrCreate(Keys), Vocabulary.Shipped, TimeProvider.System, textsReviewed));
    }

    public Release Build(string name, IEnumerable<Row> rows)
    {
        using var builder = Builder(name);
        foreach (var row in rows)
            builder.Add(row);
        builder.Seal();
        return Releases.Release.Open(Release(name));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
