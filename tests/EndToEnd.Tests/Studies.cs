namespace DataPortal.EndToEnd.Tests;

/// <summary>Real data goes in the same way as the synthetic.</summary>
public class Studies(Portal portal)
{
    [Fact]
    public async Task The_lung_study_gives_62_cases_of_62_patients_and_the_default_release_stays()
    {
        Assert.SkipUnless(Portal.Shared is not null, "The folder ../shared with real studies is not here.");
        var folder = Path.Combine(Portal.Shared!, "data", "luad_tcga_firehose_panel");
        var import = await portal.RunAsync("import", folder, "--format", "cbioportal", "--release", "luad", "--publish", "--as", "steward");
        Assert.True(import.ExitCode == 0, import.Error + import.Out);
        var luad = (await portal.RunAsync("search", "KRAS G12C", "--release", "luad", "--as", "researcher", "--json")).Ok().Json;
        Assert.Equal(62, MainJob.Number(luad, "cases"));
        Assert.Equal(62, MainJob.Number(luad, "patients"));
        Assert.Equal(533, MainJob.Number(luad, "assayed"));
        // Old symbols resolve: the study says MLL2.
        Assert.True(MainJob.Number((await portal.RunAsync("search", "MLL2", "--release", "luad", "--as", "researcher", "--json")).Ok().Json, "cases") > 0);
        Assert.Equal("synthetic", (await portal.RunAsync("search", "KRAS G12C", "--as", "researcher", "--json")).Ok().Json["release"]!.GetValue<string>());

        var again = await portal.RunAsync("import", folder, "--format", "cbioportal", "--release", "luad", "--as", "steward");
        Assert.Equal(5, again.ExitCode);
        Assert.Contains("release_exists", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registrations_that_were_generated_come_in_and_count_alike()
    {
        var folder = Path.Combine(portal.Data, "made");
        (await portal.RunAsync("generate", "--cases", "500", "--seed", "7", "--out", folder)).Ok();
        var twin = Path.Combine(portal.Data, "made-again");
        (await portal.RunAsync("generate", "--cases", "500", "--seed", "7", "--out", twin)).Ok();
        foreach (var file in Directory.EnumerateFiles(folder))
            Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(Path.Combine(twin, Path.GetFileName(file))));
        (await portal.RunAsync("import", folder, "--format", "portal", "--release", "own", "--publish", "--as", "steward")).Ok();
        var all = (await portal.RunAsync("search", "", "--release", "own", "--as", "researcher", "--json")).Ok().Json;
        // A few do not consent to secondary use and never enter.
        Assert.InRange(MainJob.Number(all, "cases"), 485, 500);
        (await portal.RunAsync("release", "verify", "own")).Ok();
    }

    [Fact]
    public async Task A_truncated_study_gives_a_clear_error_and_leaves_nothing()
    {
        var folder = Path.Combine(portal.Data, "truncated");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "meta_study.txt"), "type_of_cancer: luad\ncancer_study_identifier: t\nname: T\ndescription: T\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "meta_mutations.txt"), "cancer_study_identifier: t\ngenetic_alteration_type: MUTATION_EXTENDED\ndatatype: MAF\nstable_id: mutations\ndata_filename: data_mutations.txt\n");
        var said = await portal.RunAsync("import", folder, "--format", "cbioportal", "--release", "broken", "--publish", "--as", "steward");
        Assert.Equal(2, said.ExitCode);
        Assert.StartsWith("error: ", said.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await portal.RunAsync("search", "KRAS", "--release", "broken", "--as", "researcher")).ExitCode);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Path.Combine(portal.Data, "releases")), e => e.Contains("broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_OncoTree_can_be_loaded_for_releases_built_later()
    {
        Assert.SkipUnless(Portal.Shared is not null, "The folder ../shared with reference vocabularies is not here.");
        var answer = (await portal.RunAsync("vocabulary", "import", Path.Combine(Portal.Shared!, "reference", "oncotree.tsv"), "--as", "steward", "--json")).Ok().Json;
        Assert.True(MainJob.Number(answer["files"]!.AsArray().Single()!, "added") > 300);
        Assert.Equal(3, (await portal.RunAsync("vocabulary", "import", Path.Combine(Portal.Shared!, "reference", "oncotree.tsv"), "--as", "researcher")).ExitCode);
        Assert.Equal(2, (await portal.RunAsync("vocabulary", "import", Path.Combine(Portal.Shared!, "nothing"), "--as", "steward")).ExitCode);
    }

    [Fact]
    public async Task One_flipped_byte_in_a_release_is_found()
    {
        var copy = Path.Combine(portal.Data, "copy");
        var from = Path.Combine(portal.Data, "releases", "synthetic");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        (await portal.RunAsync("release", "verify", copy)).Ok();
        var victim = Path.Combine(copy, "columns", "case.sex");
        var bytes = await File.ReadAllBytesAsync(victim);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(victim, bytes);
        var said = await portal.RunAsync("release", "verify", copy);
        Assert.Equal(5, said.ExitCode);
        Assert.Contains("case.sex", said.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await portal.RunAsync("release", "verify", "nowhere")).ExitCode);
    }
}
