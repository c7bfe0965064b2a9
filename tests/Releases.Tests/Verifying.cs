using DataPortal.Releases.Sealing;

namespace DataPortal.Releases.Tests;

public class Verifying
{
    [Fact]
    public void One_flipped_byte_in_any_file_is_found()
    {
        using var folder = new TestFolder();
        folder.Build("r", new RandomCases(3).Take(25));
        var path = folder.Release("r");
        Assert.True(ReleaseVerifier.Verify(path, folder.PublicKeys).Holds);

        var random = new Random(1);
        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).ToList();
        Assert.True(files.Count > 100);
        foreach (var file in files.Where(f => new FileInfo(f).Length > 0))
        {
            var sealedBytes = File.ReadAllBytes(file);
            // Signature and manifest at every position: their syntax could forgive a change.
            var positions = file.EndsWith("manifest.sig", StringComparison.Ordinal) ? Enumerable.Range(0, sealedBytes.Length) : [random.Next(sealedBytes.Length)];
            foreach (var at in positions)
            {
                var changed = sealedBytes.ToArray();
                changed[at] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(file, changed);
                var found = ReleaseVerifier.Verify(path, folder.PublicKeys);
                Assert.False(found.Holds, $"a change at byte {at} of {Path.GetFileName(file)} was not found");
            }

            File.WriteAllBytes(file, sealedBytes);
        }

        Assert.True(ReleaseVerifier.Verify(path, folder.PublicKeys).Holds);
    }

    [Fact]
    public void A_missing_an_added_and_a_shortened_file_are_found()
    {
        using var folder = new TestFolder();
        folder.Build("r", new RandomCases(3).Take(5));
        var path = folder.Release("r");
        var victim = Path.Combine(path, "columns", "case.sex");
        var bytes = File.ReadAllBytes(victim);

        File.Delete(victim);
        Assert.Contains("columns/case.sex is missing.", ReleaseVerifier.Verify(path, folder.PublicKeys).Problems);
        File.WriteAllBytes(victim, bytes[..^1]);
        Assert.False(ReleaseVerifier.Verify(path, folder.PublicKeys).Holds);
        Assert.Equal("release_damaged", Assert.Throws<ReleaseException>(() => Release.Open(path).Column("case.sex")).Code);
        File.WriteAllBytes(victim, bytes);
        File.WriteAllText(Path.Combine(path, "columns", "extra"), "x");
        Assert.Contains("columns/extra is not in the manifest.", ReleaseVerifier.Verify(path, folder.PublicKeys).Problems);
    }

    [Fact]
    public void A_release_signed_by_a_stranger_is_not_trusted()
    {
        using var ours = new TestFolder();
        using var theirs = new TestFolder();
        ours.Build("r", new RandomCases(3).Take(5));
        theirs.Build("r", new RandomCases(3).Take(5));
        Assert.True(ReleaseVerifier.Verify(ours.Release("r"), ours.PublicKeys).Holds);
        Assert.False(ReleaseVerifier.Verify(ours.Release("r"), theirs.PublicKeys).Holds);
        Assert.False(ReleaseVerifier.Verify(ours.Release("r"), []).Holds);
    }

    [Fact]
    public void A_manifest_that_points_outside_its_folder_is_refused_even_when_well_signed()
    {
        using var folder = new TestFolder();
        var release = folder.Build("r", new RandomCases(3).Take(5));
        var path = folder.Release("r");
        File.WriteAllText(Path.Combine(folder.Path, "releases", "outside"), "x");
        var forged = release.Manifest with { Files = [.. release.Manifest.Files, new ManifestFile("../outside", 1, new string('0', 64))] };
        File.Delete(Path.Combine(path, "manifest.json"));
        File.Delete(Path.Combine(path, "manifest.sig"));
        using (var signer = ReleaseSigner.OpenOrCreate(folder.Keys))
            ReleaseFiles.Sign(path, forged, signer);
        Assert.Contains("../outside lies outside the folder.", ReleaseVerifier.Verify(path, folder.PublicKeys).Problems);
    }

    [Fact]
    public void What_is_not_a_release_is_said_to_be_none()
    {
        using var folder = new TestFolder();
        Assert.Equal("release_missing", Assert.Throws<ReleaseException>(() => Release.Open(folder.Path)).Code);
        Assert.False(ReleaseVerifier.Verify(folder.Path, []).Holds);
        Directory.CreateDirectory(folder.Release("x"));
        File.WriteAllText(Path.Combine(folder.Release("x"), "manifest.json"), "{\"format\":9}");
        Assert.Throws<ReleaseException>(() => Release.Open(folder.Release("x")));
        Assert.Throws<DirectoryNotFoundException>(() => ReleaseVerifier.Verify(Path.Combine(folder.Path, "nowhere"), []));
    }
}
