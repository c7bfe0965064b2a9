using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases.Tests;

/// <summary>Random rows straight from the data dictionary: any field may be blank or hold any admissible value, any child table any few rows.</summary>
internal sealed class RandomCases(int seed)
{
    private readonly Random random = new(seed);

    public IEnumerable<Row> Take(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var row = Make(DataDictionary.Current.Case);
            row.Set(DataDictionary.Current["case.registration_id"], $"R{seed}-{i}");
            // Every tenth case is a second test of the patient before.
            row.Set(DataDictionary.Current["case.patient_id"], $"P{seed}-{(i % 10 == 9 ? i - 1 : i)}");
            row.Set(DataDictionary.Current["case.consent_secondary_use"], "yes");
            yield return row;
        }
    }

    private Row Make(Entity entity)
    {
        var row = new Row(entity);
        foreach (var field in entity.Fields)
        {
            if (!field.IsDerived && random.Next(3) > 0)
                Fill(row, field);
        }

        foreach (var child in entity.Children)
        {
            for (var n = random.Next(4); n > 0; n--)
                row.Children(child).Add(Make(child));
        }

        return row;
    }

    private void Fill(Row row, Field field)
    {
        switch (field.Type)
        {
            case FieldType.Code:
                var codes = DataDictionary.Current.Codes(field.Domain);
                row.Set(field, codes[random.Next(codes.Count)].Value);
                break;
            case FieldType.Open:
                row.Set(field, $"{field.Domain} 値 {random.Next(40)}");
                break;
            case FieldType.Integer:
                row.Set(field, random.Next((int)field.Min, (int)Math.Min(field.Max, field.Min + 5000) + 1));
                break;
            case FieldType.Decimal:
                row.Set(field, random.NextDouble() * (double)(field.Max - field.Min) + (double)field.Min);
                break;
            case FieldType.Date:
                row.Set(field, new DateOnly(2015, 1, 1).AddDays(random.Next(4000)));
                break;
            case FieldType.Text:
                row.Set(field, string.Concat(Enumerable.Repeat("腺癌 adenocarcinoma ", random.Next(4))));
                break;
        }
    }
}
