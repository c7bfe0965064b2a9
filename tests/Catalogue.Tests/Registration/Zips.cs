using System.IO.Compression;
using System.Text;

namespace DataPortal.Catalogue.Tests.Registration;

/// <summary>Archives as hand-overs are made of.</summary>
internal static class Zips
{
    public static byte[] Of(params (string Path, string Content)[] files)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            foreach (var (path, content) in files)
            {
                using var entry = archive.CreateEntry(path).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return memory.ToArray();
    }

    /// <summary>An archive with one symbolic link, as Unix programs store it.</summary>
    public static byte[] WithLink(string path, string target)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            var link = archive.CreateEntry(path);
            link.ExternalAttributes = unchecked((int)0xA1FF0000);
            using var content = link.Open();
            content.Write(Encoding.UTF8.GetBytes(target));
        }

        return memory.ToArray();
    }

    /// <summary>Cases in the portal's own format.</summary>
    public static byte[] Cases(int count, string extra = "") =>
        Of(("registrations.ndjson", string.Concat(Enumerable.Range(1, count).Select(i => $"{{\"registration_id\":\"R{i}\",\"patient_id\":\"P{i}\",\"registered\":\"2024-03-01\"}}\n")) + extra));
}
