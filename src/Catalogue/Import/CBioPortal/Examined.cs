namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>Which samples were examined for what: panel matrix, panels named by meta files, and case lists.</summary>
internal static class Examined
{
    private static readonly Dictionary<string, Profile[]> BySuffix = new(StringComparer.Ordinal)
    {
        ["sequenced"] = [Profile.Mutations], ["cna"] = [Profile.CopyNumber], ["sv"] = [Profile.StructuralVariants], ["fusion"] = [Profile.StructuralVariants],
        ["cnaseq"] = [Profile.Mutations, Profile.CopyNumber], ["all_cases_with_mutation_data"] = [Profile.Mutations], ["all_cases_with_cna_data"] = [Profile.CopyNumber],
        ["all_cases_with_sv_data"] = [Profile.StructuralVariants], ["all_cases_with_mutation_and_cna_data"] = [Profile.Mutations, Profile.CopyNumber],
    };

    public static void Read(Study study)
    {
        ReadMatrix(study);
        ReadCaseLists(study);
        PanelsOfMetaFiles(study);
    }

    private static void ReadMatrix(Study study)
    {
        foreach (var file in study.Folder.Of(StudyData.PanelMatrix))
        {
            using var table = new TsvFile(study.Folder.Folder, file.DataFile, "panel matrix", study.Log);
            var id = table.Required("SAMPLE_ID");
            var profiles = Enumerable.Range(0, table.Header.Count).Where(i => i != id).Select(i => (Column: i, Profile: ProfileOf(study, table.Header[i]))).ToList();
            foreach (var (column, _) in profiles.Where(p => p.Profile is null))
                table.Log.NoteAt(table.Line, "profile_not_read", table.Header[column]);
            while (table.Next())
            {
                if (table.Value(id) is not { } name)
                {
                    table.Log.Drop("missing_id", "SAMPLE_ID");
                    continue;
                }

                var sample = study.FindOrAdd(name, table.Log);
                foreach (var (column, profile) in profiles)
                {
                    if (profile is { } known && table.Value(column) is { } panel)
                        sample.Panels[(int)known] = panel;
                }
            }
        }
    }

    private static Profile? ProfileOf(Study study, string stableId)
    {
        (StudyData Data, Profile Profile)[] kinds =
        [
            (StudyData.Mutations, Profile.Mutations), (StudyData.CopyNumberMatrix, Profile.CopyNumber), (StudyData.CopyNumberList, Profile.CopyNumber),
            (StudyData.StructuralVariants, Profile.StructuralVariants),
        ];
        foreach (var (data, profile) in kinds)
        {
            if (study.Folder.Of(data).Any(f => f.Meta.Find("stable_id") == stableId))
                return profile;
        }

        // The usual names of profiles whose data are not in the folder.
        return stableId switch
        {
            "mutations" => Profile.Mutations,
            "cna" or "gistic" => Profile.CopyNumber,
            "structural_variants" or "fusion" => Profile.StructuralVariants,
            _ => null,
        };
    }

    private static void ReadCaseLists(Study study)
    {
        foreach (var list in study.Folder.CaseLists())
        {
            var stableId = list.Required("stable_id");
            var suffix = stableId.StartsWith(study.Folder.Id + "_", StringComparison.Ordinal) ? stableId[(study.Folder.Id.Length + 1)..] : stableId;
            var profiles = BySuffix.GetValueOrDefault(suffix) ?? BySuffix.GetValueOrDefault(list.Find("case_list_category") ?? "") ?? [];
            string[] ids = list.Required("case_list_ids") is not null ? list.List("case_list_ids") : [];
            if (!list.Terminated && study.Find(ids[^1]) is null)
                throw new ImportException("file_truncated", "The list ends, without a line break, in a name that no other file knows.", list.Name);
            if (profiles.Length == 0)
            {
                study.Log.Skip(list.Name, "this case list says nothing about what was examined");
                continue;
            }

            var log = study.Log.Open(list.Name, "case list");
            foreach (var id in ids)
            {
                // A list is one long line; each name on it counts as a row.
                log.Begin(0);
                var sample = study.FindOrAdd(id, log);
                foreach (var profile in profiles)
                    sample.Listed[(int)profile] = true;
            }
        }
    }

    private static void PanelsOfMetaFiles(Study study)
    {
        foreach (var (data, profile) in ((StudyData, Profile)[])
            [(StudyData.Mutations, Profile.Mutations), (StudyData.CopyNumberMatrix, Profile.CopyNumber), (StudyData.CopyNumberList, Profile.CopyNumber), (StudyData.StructuralVariants, Profile.StructuralVariants)])
        {
            foreach (var panel in study.Folder.Of(data).Select(f => f.Meta.Find("gene_panel")).OfType<string>())
            {
                foreach (var sample in study.Samples.Where(s => s.IsListed(profile) || HasRows(s, data)))
                    sample.Panels[(int)profile] ??= panel;
            }
        }
    }

    private static bool HasRows(Sample sample, StudyData data)
    {
        var kinds = data switch
        {
            StudyData.Mutations => (string[])["small_scale_variant"],
            StudyData.StructuralVariants => ["fusion", "rearrangement"],
            _ => ["copy_number_alteration"],
        };
        return sample.Row.Children(AlterationRows.Entity).Exists(a => kinds.Contains(a.Text(AlterationRows.Kind)));
    }
}
