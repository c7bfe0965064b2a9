using System.Text;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases.Building;

/// <summary>
/// The second pass: turns spools into the final files. Cases are sorted by (cancer, hospital), so that a cohort of one cancer touches neighbouring
/// pages; every descendant of a case forms one contiguous run of rows in every table, so that all tables follow by copying runs.
/// </summary>
internal sealed class ReleaseWriter(
    string target, EntitySpool[] spools, Dictionary<string, OpenVocabulary> vocabularies, Dictionary<ulong, int> casesOfPatient, bool evidenceSeen,
    IProgress<double>? progress, CancellationToken cancellation)
{
    private readonly Written written = new([], []);
    private readonly Lock gate = new();
    private int stepsDone;
    private int steps = 1;

    internal sealed record Written(List<ManifestFile> Files, List<ManifestColumn> Columns);

    public Written Write()
    {
        foreach (var vocabulary in vocabularies.Values)
            vocabulary.Freeze();
        var order = Order();
        var work = new List<Action>();
        foreach (var spool in spools)
        {
            if (spool.Entity.Depth > 0)
                work.Add(() => WriteOffsets(spool, order));
            foreach (var column in spool.Columns)
                work.Add(() => WriteColumn(spool, column, order));
        }

        work.Add(() => WriteIdentifiers(order));
        work.AddRange(vocabularies.Select(v => (Action)(() => WriteVocabulary(v.Key, v.Value))));
        steps = work.Count + 4;
        Parallel.ForEach(work, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation }, step =>
        {
            step();
            Done();
        });

        WritePostings(order);
        var columns = written.Columns.ToDictionary(c => c.Field);
        return written with { Columns = [.. DataDictionary.Current.Fields.Select(f => columns[f.Key])] };
    }

    private void Done(int more = 1)
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(Math.Min(1, Interlocked.Add(ref stepsDone, more) / (double)steps));
    }

    // Final case number → number in the order of arrival.
    private int[] Order()
    {
        var cancer = CodesOfCases(CaseFields.Cancer);
        var hospital = CodesOfCases(CaseFields.Hospital);
        var keys = new ulong[spools[0].Rows];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = ((ulong)Math.Min(cancer[i], 0xFFFF) << 48) | ((ulong)Math.Min(hospital[i], 0xFFFF) << 32) | (uint)i;
        Array.Sort(keys);
        return Array.ConvertAll(keys, k => (int)(uint)k);
    }

    // Final codes in the order of arrival.
    private int[] CodesOfCases(Field field)
    {
        var column = spools[0].Columns.First(c => c.Field == field);
        var codes = new int[spools[0].Rows];
        if (column.Numbers!.AllBlank)
            return codes;
        var values = column.Numbers.Read();
        var final = column.Vocabulary!.Final;
        for (var i = 0; i < codes.Length; i++)
            codes[i] = final[values[i]];
        return codes;
    }

    private void Seal(SealedFile file)
    {
        var described = file.Seal();
        lock (gate)
            written.Files.Add(described);
    }

    private void WriteOffsets(EntitySpool spool, int[] order)
    {
        var parent = spools[spool.Entity.Parent!.Index];
        using var file = new SealedFile(target, $"tables/{spool.Entity.Name}.offsets");
        var end = 0;
        file.Put(0);
        if (spool.PerParent.AllBlank)
        {
            for (var i = 0; i < parent.Rows; i++)
                file.Put(0);
        }
        else
        {
            var counts = spool.PerParent.Read();
            foreach (var (start, stop) in Runs(parent, order))
            {
                foreach (var count in counts[start..stop])
                    file.Put(end += count);
            }
        }

        Seal(file);
    }

    // The rows of each case, in the final order of cases, as half-open runs of the order of arrival.
    private static IEnumerable<(int Start, int Stop)> Runs(EntitySpool spool, int[] order)
    {
        var starts = spool.CaseStarts;
        return spool.Entity.Depth == 0 ? order.Select(i => (i, i + 1)) : order.Select(i => (starts[i], starts[i + 1]));
    }

    private void WriteColumn(EntitySpool spool, EntitySpool.Column column, int[] order)
    {
        var field = column.Field;
        if (column.Texts is { } texts)
        {
            WriteTexts(field, texts, order);
            return;
        }

        var codes = field.Type == FieldType.Code ? (IReadOnlyList<string>)[.. DataDictionary.Current.Codes(field.Domain).Select(c => c.Value)] : null;
        var blankForGood = field == AlterationFields.Oncogenic && !evidenceSeen;
        if (field == CaseFields.Patient)
        {
            WritePatientNumbers(field, order);
            return;
        }

        if (column.Numbers!.AllBlank || blankForGood)
        {
            Describe(new ManifestColumn(field.Key, field.Type.ToString().ToLowerInvariant(), 0, field.Scale, 0, Domain(field), codes));
            return;
        }

        var values = column.Numbers.Read();
        int min = int.MaxValue, max = int.MinValue;
        foreach (var v in values)
        {
            if (v == EntitySpool.Blank)
                continue;
            min = Math.Min(min, v);
            max = Math.Max(max, v);
        }

        var coded = codes is not null || column.Vocabulary is not null;
        var most = codes?.Count ?? column.Vocabulary?.Count ?? (long)max - min + 1;
        var width = most <= byte.MaxValue ? 1 : most <= ushort.MaxValue ? 2 : 4;
        using var file = new SealedFile(target, $"columns/{field.Key}");
        var mapping = column.Vocabulary is { } vocabulary ? vocabulary.Final : default;
        var run = new int[1024];
        foreach (var (start, stop) in Runs(spool, order))
        {
            var length = stop - start;
            if (run.Length < length)
                run = new int[length * 2];
            for (var i = 0; i < length; i++)
            {
                var v = values[start + i];
                run[i] = column.Vocabulary is not null ? mapping[v] : coded ? v : v == EntitySpool.Blank ? 0 : v - min + 1;
            }

            WriteNarrow(file, run.AsSpan(0, length), width);
        }

        Seal(file);
        Describe(new ManifestColumn(field.Key, field.Type.ToString().ToLowerInvariant(), width, field.Scale, coded ? 0 : min, Domain(field), codes));
    }

    private static string? Domain(Field field) => field.Type == FieldType.Open ? field.Domain : null;

    private static void WriteNarrow(SealedFile file, ReadOnlySpan<int> values, int width)
    {
        switch (width)
        {
            case 1:
                foreach (var v in values)
                    file.Put((byte)v);
                break;
            case 2:
                foreach (var v in values)
                    file.Put((ushort)v);
                break;
            default:
                file.PutAll(values);
                break;
        }
    }

    // Patients with several cases get the lowest numbers: counting patients then looks at those few only.
    private int[] PatientNumbers(int[] order)
    {
        var patients = spools[0].Patients.Read();
        var numbers = new Dictionary<ulong, int>(casesOfPatient.Count);
        var repeated = 0;
        var single = casesOfPatient.Values.Count(n => n > 1);
        var result = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var patient = patients[order[i]];
            if (!numbers.TryGetValue(patient, out var number))
                numbers.Add(patient, number = casesOfPatient[patient] > 1 ? repeated++ : single++);
            result[i] = number;
        }

        return result;
    }

    private void WritePatientNumbers(Field field, int[] order)
    {
        using var file = new SealedFile(target, $"columns/{field.Key}");
        foreach (var number in PatientNumbers(order))
            file.Put(number + 1);
        Seal(file);
        Describe(new ManifestColumn(field.Key, field.Type.ToString().ToLowerInvariant(), 4, field.Scale, 0, null, null));
    }

    private void Describe(ManifestColumn column)
    {
        lock (gate)
            written.Columns.Add(column);
    }

    private void WriteTexts(Field field, TextSpool texts, int[] order)
    {
        Describe(new ManifestColumn(field.Key, "text", texts.AllBlank ? 0 : 8, 0, 0, null, null));
        if (texts.AllBlank)
            return;
        using var bytes = new SealedFile(target, $"columns/{field.Key}");
        using var offsets = new SealedFile(target, $"columns/{field.Key}.offsets");
        texts.CopyTo(order, bytes, o => offsets.Put(o));
        Seal(bytes);
        Seal(offsets);
    }

    private void WriteIdentifiers(int[] order)
    {
        using var cases = new SealedFile(target, "columns/case.registration_id");
        using var patients = new SealedFile(target, "columns/case.patient_id");
        using var index = new SealedFile(target, "index/case.by-id");
        var registrations = spools[0].Registrations.Read();
        var patientIds = spools[0].Patients.Read();
        var ids = new ulong[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            ids[i] = registrations[order[i]];
            patients.Put(patientIds[order[i]]);
        }

        cases.PutAll<ulong>(ids);
        var byId = Enumerable.Range(0, ids.Length).ToArray();
        Array.Sort(ids, byId);
        index.PutAll<int>(byId);
        Seal(cases);
        Seal(patients);
        Seal(index);
        Describe(new ManifestColumn("case.registration_id", "identifier", 8, 0, 0, null, null));
        Describe(new ManifestColumn("case.patient_id", "identifier", 8, 0, 0, null, null));
    }

    private void WriteVocabulary(string name, OpenVocabulary vocabulary)
    {
        using var bytes = new SealedFile(target, $"vocabularies/{name}");
        using var offsets = new SealedFile(target, $"vocabularies/{name}.offsets");
        var end = 0;
        offsets.Put(0);
        foreach (var text in vocabulary.Sorted)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            bytes.Write(utf8);
            offsets.Put(end += utf8.Length);
        }

        Seal(bytes);
        Seal(offsets);
    }

    private void WritePostings(int[] order)
    {
        var alterations = spools[AlterationFields.Entity.Index];
        var drugs = spools[DataDictionary.Current.Entity("drug").Index];
        var genes = Count("gene");
        var postings = new PostingWriter(target, written.Files);
        var owner = Owners(alterations, order);
        var gene = Final(alterations, "gene", order);
        postings.WritePairs("alteration", genes, gene, Final(alterations, "change", order), owner);
        Done();
        postings.Write("partner", genes, Final(alterations, "partner", order), owner);
        Done();
        postings.Write("drug", Count("drug"), Final(drugs, "drug", order), Owners(drugs, order));
        Done(2);
    }

    private int Count(string vocabulary) => vocabularies[vocabulary].Count;

    private int[] Final(EntitySpool spool, string name, int[] order)
    {
        var column = spool.Columns.First(c => c.Field.Name == name);
        var result = new int[spool.Rows];
        if (column.Numbers!.AllBlank)
            return result;
        var values = column.Numbers.Read();
        var final = column.Vocabulary!.Final;
        var at = 0;
        foreach (var (start, stop) in Runs(spool, order))
        {
            for (var i = start; i < stop; i++)
                result[at++] = final[values[i]];
        }

        return result;
    }

    private static int[] Owners(EntitySpool spool, int[] order)
    {
        var result = new int[spool.Rows];
        var at = 0;
        foreach (var (number, (start, stop)) in Runs(spool, order).Index())
        {
            result.AsSpan(at, stop - start).Fill(number);
            at += stop - start;
        }

        return result;
    }
}
