using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DataPortal.Access.Contracts;
using DataPortal.Exports.Packaging;
using DataPortal.Kernel;
using DataPortal.Research.Tests;
using DataPortal.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DataPortal.Exports.Tests;

/// <summary>Extracts as their recipients see them, on both databases.</summary>
public abstract class ExportTests(ExportPortal portal) : PortalTests(portal)
{
    [Fact]
    public async Task Search_manifest_and_files_agree_on_the_number_of_cases()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var manifest = await Extracts.MakeAsync(researcher);
        var id = Extracts.IdOf(manifest);
        var counted = await ResearchPortal.PostAsync(researcher, "/api/v1/releases/research/count", new { query = "KRAS G12C" });
        var cases = await Extracts.RowsAsync(researcher, id, "cases.csv");
        var patients = await Extracts.RowsAsync(researcher, id, "patients.csv");

        Assert.Equal(ResearchRelease.KrasG12C, (int?)manifest["cases"]);
        Assert.Equal((int?)counted.Body!["cases"], (int?)manifest["cases"]);
        Assert.Equal((int?)counted.Body["patients"], (int?)manifest["patients"]);
        Assert.Equal((int?)manifest["cases"], cases.Select(c => c["case_id"]).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((int?)manifest["patients"], patients.Select(p => p["patient_id"]).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(patients.Select(p => p["patient_id"]).Order(StringComparer.Ordinal), cases.Select(c => c["patient_id"]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal("KRAS G12C", (string?)manifest["query"]);
        foreach (var file in manifest["files"]!.AsArray())
        {
            var bytes = await Extracts.DownloadAsync(researcher, id, (string)file!["path"]!);
            Assert.Equal((string?)file["sha256"], Convert.ToHexStringLower(SHA256.HashData(bytes)));
            if (file["rows"] is { } rows)
            {
                Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
                Assert.Equal((long)rows, (await Extracts.RowsAsync(researcher, id, (string)file["path"]!)).Count);
            }
        }
    }

    [Fact]
    public async Task Every_row_belongs_to_a_row_of_the_file_above()
    {
        var counsellor = await portal.MemberAsync("Counsellor", ResearchPortal.Usual | DataPermission.Germline);
        var id = Extracts.IdOf(await Extracts.MakeAsync(counsellor, ""));

        var cases = (await Extracts.RowsAsync(counsellor, id, "cases.csv")).Select(r => r["case_id"]).ToHashSet(StringComparer.Ordinal);
        var alterations = await Extracts.RowsAsync(counsellor, id, "alterations.csv");
        var treatments = await Extracts.RowsAsync(counsellor, id, "treatments.csv");

        Assert.Equal(ResearchRelease.Cases, cases.Count);
        Assert.All(alterations, a => Assert.Contains(a["case_id"], cases));
        Assert.All(treatments, t => Assert.Equal("carboplatin+pemetrexed", t["drugs"]));
        await BelongAsync("evidence.csv", alterations, "alteration_no");
        await BelongAsync("drugs.csv", treatments, "treatment_no");
        await BelongAsync("events.csv", treatments, "treatment_no");
        Assert.Equal(ResearchRelease.Cases, (await Extracts.RowsAsync(counsellor, id, "family.csv")).Count);

        async Task BelongAsync(string file, List<Dictionary<string, string>> parents, string number)
        {
            var keys = parents.Select(p => (p["case_id"], p[number])).ToHashSet();
            var rows = await Extracts.RowsAsync(counsellor, id, file);
            Assert.NotEmpty(rows);
            Assert.All(rows, r => Assert.Contains((r["case_id"], r[number]), keys));
        }
    }

    [Fact]
    public async Task Follow_up_enters_at_registration_and_ends_at_death_or_last_contact()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var id = Extracts.IdOf(await Extracts.MakeAsync(researcher, ""));
        var cases = (await Extracts.RowsAsync(researcher, id, "cases.csv")).ToDictionary(c => c["case_id"], StringComparer.Ordinal);

        foreach (var patient in await Extracts.RowsAsync(researcher, id, "patients.csv"))
        {
            var of = cases[patient["case_id"]];
            var registered = Day(of["registered"]);
            if (of["outcome"] == "dead" && of["death_date"].Length == 0)
            {
                Assert.Equal(("", "", "", "death-without-date"), (patient["os_entry"], patient["os_time"], patient["os_event"], patient["os_excluded"]));
                continue;
            }

            var end = Day(of["outcome"] == "dead" ? of["death_date"] : of["last_alive"]);
            Assert.Equal("0.0000", patient["os_entry"]);
            Assert.Equal(Months(end - registered), patient["os_time"]);
            Assert.Equal(of["outcome"] == "dead" ? "1" : "0", patient["os_event"]);
            Assert.Equal(Months(registered - Day(of["diagnosis_date"])), patient["os_entry_diagnosis"]);
            Assert.Equal(Months(end - Day(of["diagnosis_date"])), patient["os_time_diagnosis"]);
            Assert.Equal(Months(120), patient["os_entry_first_line"]);
            Assert.Equal(Months(30), patient["os_entry_specimen"]);
        }

        static int Day(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).DayNumber;
        static string Months(int days) => (days / 30.4375m).ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Text_that_a_spreadsheet_would_run_is_made_harmless_and_numbers_are_left_alone()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var id = Extracts.IdOf(await Extracts.MakeAsync(researcher, ""));
        var cells = (await Extracts.RowsAsync(researcher, id, "cases.csv")).Select(c => c["pathological_diagnosis"]).ToHashSet(StringComparer.Ordinal);
        var regimens = (await Extracts.RowsAsync(researcher, id, "treatments.csv")).Select(t => t["regimen"]).ToHashSet(StringComparer.Ordinal);

        Assert.Contains("'" + ResearchRelease.Live, cells);
        Assert.Contains("'-regimen 1", regimens);
        Assert.Contains("腺癌, \"moderately\" differentiated\r\nsecond line", cells);
        Assert.All(cells.Concat(regimens), cell => Assert.False(Formulas.IsLive(cell), cell));
        // The control: as they are in the release, these very texts are live.
        Assert.True(Formulas.IsLive(ResearchRelease.Live));
        Assert.True(cells.Count(cell => cell.StartsWith('\'') && Formulas.IsLive(cell.AsSpan(1))) >= 7);
    }

    [Fact]
    public async Task Germline_findings_are_in_the_extract_with_the_permission_for_them_only()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var counsellor = await portal.MemberAsync("Counsellor", ResearchPortal.Usual | DataPermission.Germline);
        var without = await Extracts.MakeAsync(researcher, "");
        var with = await Extracts.MakeAsync(counsellor, "");

        Assert.DoesNotContain("family.csv", Extracts.Sums(without).Keys);
        Assert.Contains("family.csv", Extracts.Sums(with).Keys);
        Assert.DoesNotContain("hereditary", Columns(without, "cases.csv"));
        Assert.Contains("hereditary", Columns(with, "cases.csv"));
        Assert.DoesNotContain(await Extracts.RowsAsync(researcher, Extracts.IdOf(without), "alterations.csv"), a => a["gene"] == "BRCA2" || a["origin"] == "germline");
        Assert.Equal(18, (await Extracts.RowsAsync(counsellor, Extracts.IdOf(with), "alterations.csv")).Count(a => a["gene"] == "BRCA2"));
        Assert.All([without, with], manifest => Assert.DoesNotContain(manifest["files"]!.AsArray().SelectMany(f => f!["columns"]?.AsArray().Select(c => (string)c!) ?? []),
            column => column is "consent_secondary_use" or "patient" or "assay" or "readability" or "registration_id"));

        static IEnumerable<string> Columns(JsonNode manifest, string path) =>
            manifest["files"]!.AsArray().Single(f => (string?)f!["path"] == path)!["columns"]!.AsArray().Select(c => (string)c!);
    }

    [Fact]
    public async Task Two_projects_cannot_join_their_extracts()
    {
        var one = await portal.MemberAsync("One", ResearchPortal.Usual);
        var two = await portal.MemberAsync("Two", ResearchPortal.Usual);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var actor in new[] { one, two })
        {
            var id = Extracts.IdOf(await Extracts.MakeAsync(actor));
            foreach (var row in await Extracts.RowsAsync(actor, id, "cases.csv"))
            {
                Assert.True(ids.Add(row["case_id"]));
                Assert.DoesNotContain("REGISTRATION", row["case_id"], StringComparison.OrdinalIgnoreCase);
                Assert.Equal(Pseudonyms.TextLength, row["case_id"].Length);
            }
        }

        Assert.Equal(2 * ResearchRelease.KrasG12C, ids.Count);
    }

    [Fact]
    public async Task The_manifest_is_signed_and_one_changed_digit_shows()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var manifest = (JsonObject)await Extracts.MakeAsync(researcher);
        var signature = (JsonObject)manifest["signature"]!;
        manifest.Remove("signature");
        using var key = ECDsa.Create();
        var keys = portal.Services.GetRequiredService<IOptions<DataDirectory>>().Value.Keys;
        key.ImportFromPem(await File.ReadAllTextAsync(Path.Combine(keys, (string)signature["keyId"]! + ".pub")));
        var value = Convert.FromBase64String((string)signature["value"]!);

        Assert.True(key.VerifyData(CanonicalJson.Of(manifest), value, HashAlgorithmName.SHA256));
        manifest["cases"] = (int)manifest["cases"]! + 1;
        Assert.False(key.VerifyData(CanonicalJson.Of(manifest), value, HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task A_download_can_be_taken_up_where_it_broke_off()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var id = Extracts.IdOf(await Extracts.MakeAsync(researcher));
        var whole = await Extracts.DownloadAsync(researcher, id, "cases.csv");

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{Extracts.Exports}/{id}/files/cases.csv", UriKind.Relative));
        request.Headers.Range = new RangeHeaderValue(100, null);
        using var rest = await researcher.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.NotNull(rest.Headers.ETag);
        Assert.Equal(whole[100..], await rest.Content.ReadAsByteArrayAsync());
        using var missing = await researcher.Http.GetAsync(new Uri($"{Extracts.Exports}/{id}/files/..%2Fmanifest.json", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(3, (await portal.AuditAsync(researcher, "export.downloaded")).Count);
    }

    [Fact]
    public async Task Each_reason_to_refuse_is_told()
    {
        var explorer = await portal.ActorAsync("Explorer");
        var summary = await portal.MemberAsync("Summary", DataPermission.Summary);
        var reader = await portal.MemberAsync("Reader", DataPermission.Summary | DataPermission.Records);
        var unpaid = await portal.MemberAsync("Unpaid", ResearchPortal.Usual, "Pending", "Yearly");
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        foreach (var (actor, code) in new[] { (explorer, "permission_missing"), (summary, "permission_missing"), (reader, "permission_missing"), (unpaid, "project_pending") })
        {
            var refused = await Extracts.RequestAsync(actor, "KRAS G12C");
            Assert.Equal((HttpStatusCode.Forbidden, code), (refused.Status, refused.Code));
            Assert.Equal(("denied", code), ((await portal.AuditAsync(actor, "export.requested")).Single() is var entry ? entry.Outcome.ToLowerInvariant() : "", entry.Code));
        }

        Assert.Equal((HttpStatusCode.NotFound, "not_found"), Outcome(await Extracts.RequestAsync(researcher, "KRAS G12C", release: "nonesuch")));
        Assert.Equal((HttpStatusCode.BadRequest, "query_invalid"), Outcome(await Extracts.RequestAsync(researcher, "kanser:lung")));
        Assert.Equal(HttpStatusCode.BadRequest, (await ResearchPortal.PostAsync(researcher, Extracts.Exports, new { query = "KRAS", profile = "nonesuch" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await ResearchPortal.PostAsync(researcher, Extracts.Exports, new { })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Extracts.RequestAsync(researcher, new string('(', 100 * 1024))).Status);
    }

    [Fact]
    public async Task A_stranger_finds_nothing()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var stranger = await portal.MemberAsync("Stranger", ResearchPortal.Usual);
        var id = Extracts.IdOf(await Extracts.MakeAsync(researcher));
        var path = $"{Extracts.Exports}/{id}";

        Assert.Equal(HttpStatusCode.NotFound, (await ResearchPortal.GetAsync(stranger, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ResearchPortal.GetAsync(stranger, path + "/files/cases.csv")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ResearchPortal.SendAsync(stranger, HttpMethod.Delete, path, null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ResearchPortal.SendAsync(stranger, HttpMethod.Post, path + "/retry", null)).Status);
        Assert.Empty((await ResearchPortal.GetAsync(stranger, Extracts.Exports)).Body!["items"]!.AsArray());
    }

    [Fact]
    public async Task A_request_sent_twice_makes_one_export()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Extracts.RequestAsync(researcher, "KRAS G12C", key: "the-same")));
        var other = await Extracts.RequestAsync(researcher, "KRAS", key: "the-same");

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.Status));
        Assert.Single(answers.Select(a => (Guid)a.Body!["id"]!).Distinct());
        Assert.Equal(answers[0].Message.Content.Headers.ContentLocation?.ToString(), $"{Extracts.Exports}/{(Guid)answers[0].Body!["id"]!}");
        Assert.Equal(((HttpStatusCode)422, "idempotency_key_reused"), Outcome(other));
        Assert.Single((await ResearchPortal.GetAsync(researcher, Extracts.Exports)).Body!["items"]!.AsArray());
        await Extracts.FinishAsync(researcher, (Guid)answers[0].Body!["id"]!);
    }

    [Fact]
    public async Task An_empty_cohort_gives_an_empty_extract_with_all_its_headers()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var manifest = await Extracts.MakeAsync(researcher, "KRAS G12C EGFR L858R");

        Assert.Equal(0, (int?)manifest["cases"]);
        Assert.Empty(await Extracts.RowsAsync(researcher, Extracts.IdOf(manifest), "cases.csv"));
        Assert.StartsWith("case_id,patient_id,", Encoding.UTF8.GetString((await Extracts.DownloadAsync(researcher, Extracts.IdOf(manifest), "cases.csv"))[3..]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_package_describes_every_column_of_every_file()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var manifest = await Extracts.MakeAsync(researcher);
        var package = JsonNode.Parse(await Extracts.DownloadAsync(researcher, Extracts.IdOf(manifest), "datapackage.json"))!;

        foreach (var file in manifest["files"]!.AsArray().Where(f => f!["columns"] is not null))
        {
            var resource = package["resources"]!.AsArray().Single(r => (string?)r!["path"] == (string?)file!["path"])!;
            Assert.Equal(file!["columns"]!.AsArray().Select(c => (string)c!), resource["schema"]!["fields"]!.AsArray().Select(f => (string)f!["name"]!));
            Assert.Equal("sha256:" + (string?)file["sha256"], (string?)resource["hash"]);
        }

        var sex = package["resources"]![0]!["schema"]!["fields"]!.AsArray().Single(f => (string?)f!["name"] == "sex")!;
        Assert.Contains("male", sex["constraints"]!["enum"]!.AsArray().Select(v => (string)v!));
        Assert.Equal("性別", (string?)sex["title_ja"]);
    }

    private static (HttpStatusCode, string?) Outcome(Answer answer) => (answer.Status, answer.Code);
}

public sealed class ExportTestsOnSqlite(SqliteExports portal) : ExportTests(portal), IClassFixture<SqliteExports>;

public sealed class ExportTestsOnPostgres(PostgresExports portal) : ExportTests(portal), IClassFixture<PostgresExports>;
