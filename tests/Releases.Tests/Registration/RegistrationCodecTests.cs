using System.Text;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Registration;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Tests.Registration;

public sealed class RegistrationCodecTests
{
    private static readonly DataDictionary Dictionary = DataDictionary.Current;

    [Fact]
    public void What_is_written_is_read_back_to_the_last_field()
    {
        var cases = Enumerable.Range(0, 50).Select(i => Filled(Dictionary.Case, i)).ToList();
        var bytes = Write(cases);
        var lines = Read(bytes);
        Assert.All(lines, l => Assert.Empty(l.Problems));
        Assert.Equal(50, lines.Count);
        foreach (var (written, read) in cases.Zip(lines))
            AssertSame(written, read.Row!);
        Assert.Equal(bytes, Write(lines.Select(l => l.Row!)));
    }

    [Theory]
    [InlineData("""{"registration_id":"R","sexx":"male"}""", "unknown_field", "", "sex")]
    [InlineData("""{"registration_id":"R","sex":"mail"}""", "unknown_code", "sex", "male")]
    [InlineData("""{"registration_id":"R","age":"60"}""", "bad_number", "age", null)]
    [InlineData("""{"registration_id":"R","age":60.5}""", "bad_number", "age", null)]
    [InlineData("""{"registration_id":"R","age":131}""", "out_of_range", "age", null)]
    [InlineData("""{"registration_id":"R","age":1e400}""", "bad_number", "age", null)]
    [InlineData("""{"registration_id":"R","registered":"2024-02-30"}""", "bad_date", "registered", null)]
    [InlineData("""{"registration_id":"R","registered":"2024/02/03"}""", "bad_date", "registered", null)]
    [InlineData("""{"registration_id":"R","registered":20240203}""", "bad_date", "registered", null)]
    [InlineData("""{"registration_id":"R","registered":"9999-12-31"}""", "out_of_range", "registered", null)]
    [InlineData("""{"registration_id":"R","sex":1}""", "wrong_type", "sex", null)]
    [InlineData("""{"registration_id":"R","sex":["male"]}""", "wrong_type", "sex", null)]
    [InlineData("""{"registration_id":"R","treatments":{}}""", "wrong_type", "treatments", null)]
    [InlineData("""{"registration_id":"R","treatments":[1]}""", "wrong_type", "treatments[0]", null)]
    [InlineData("""{"registration_id":"R","treatments":[{},{"drugs":[{"drug":5}]}]}""", "wrong_type", "treatments[1].drugs[0].drug", null)]
    [InlineData("""{"registration_id":"R","sex":"male","sex":"male"}""", "duplicate_field", "sex", null)]
    [InlineData("""{"registration_id":"R","year":2024}""", "derived_field", "year", null)]
    [InlineData("""{"sex":"male"}""", "missing_id", "", null)]
    [InlineData("""{"registration_id":""}""", "missing_id", "", null)]
    [InlineData("""{"registration_id":"R\ud800"}""", "bad_json", "", null)]
    [InlineData("""{"registration_id":"R"} {}""", "bad_json", "", null)]
    [InlineData("""{"registration_id":"R","sex":""", "bad_json", "", null)]
    [InlineData("""["R"]""", "bad_json", "", null)]
    [InlineData("""{"registration_id":"R","alterations":[{"evidence":[{"x":[[[[[[[[]]]]]]]]}]}]}""", "bad_json", "", null)]
    public void A_mistake_gives_its_code_its_place_and_what_may_have_been_meant(string line, string code, string path, string? suggestion)
    {
        var read = Assert.Single(Read(Encoding.UTF8.GetBytes(line)));
        Assert.Null(read.Row);
        Assert.Equal((code, path), (read.Problems[^1].Code, read.Problems[^1].Path));
        if (suggestion is not null)
            Assert.Contains(suggestion, read.Problems[^1].Suggestions);
    }

    [Fact]
    public void Bytes_that_are_not_utf_8_are_damage()
    {
        var problem = Assert.Single(Assert.Single(Read([.. "{\"registration_id\":\""u8, 0xC3, 0x28, .. "\"}"u8])).Problems);
        Assert.Equal("bad_utf8", problem.Code);
        Assert.True(problem.IsDamage);
    }

    [Fact]
    public void Many_mistakes_are_told_up_to_a_limit()
    {
        var line = "{" + string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"nonsense{i}\":{i}")) + "}";
        Assert.Equal(RegistrationReader.MaxProblems, Assert.Single(Read(Encoding.UTF8.GetBytes(line))).Problems.Count);
    }

    [Fact]
    public void Blank_lines_and_a_byte_order_mark_are_passed_over_and_lines_are_counted()
    {
        var lines = Read([0xEF, 0xBB, 0xBF, .. "{\"registration_id\":\"A\"}\r\n\n  \n{\"registration_id\":\"B\"}"u8]);
        Assert.Equal([1L, 4L], lines.Select(l => l.Number));
        Assert.All(lines, l => Assert.Empty(l.Problems));
    }

    [Fact]
    public void Cut_at_any_byte_a_file_gives_cases_or_problems_and_never_throws()
    {
        var bytes = Write([Filled(Dictionary.Case, 1), Filled(Dictionary.Case, 2)]);
        for (var length = 0; length < bytes.Length; length += 7)
            Assert.All(Read(bytes[..length]), l => Assert.True(l.Row is null != (l.Problems.Count == 0)));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(7);
        var valid = Write([Filled(Dictionary.Case, 3)]);
        for (var round = 0; round < 2_000; round++)
        {
            var spoilt = valid.ToArray();
            for (var i = 0; i < 4; i++)
                spoilt[random.Next(spoilt.Length)] = (byte)random.Next(256);
            foreach (var line in Read(spoilt))
                Assert.True(line.Row is null != (line.Problems.Count == 0));
        }
    }

    [Fact]
    public void A_line_without_end_is_refused_before_it_fills_the_memory()
    {
        using var endless = new Endless();
        var line = Assert.Single(new RegistrationReader(endless).Lines(TestContext.Current.CancellationToken));
        Assert.Equal("line_too_long", Assert.Single(line.Problems).Code);
        Assert.InRange(endless.Given, RegistrationReader.MaxLineBytes, 4L * RegistrationReader.MaxLineBytes);
    }

    [Fact]
    public void Assays_are_read_back_as_they_were_written()
    {
        var assay = new Assay("P", "2", true, [AlterationKind.Fusion],
            [new CoverageEntry("P", "2", "KRAS", AlterationKind.ShortVariant, "", "label", false), new CoverageEntry("P", "2", "TERT", AlterationKind.ShortVariant, "promoter", "label", true)]);
        using var file = new MemoryStream();
        AssaysFile.Write(file, [assay]);
        file.Position = 0;
        var read = Assert.Single(AssaysFile.Read(file));
        Assert.Equal((assay.Panel, assay.Version, assay.Paired), (read.Panel, read.Version, read.Paired));
        Assert.Equal(assay.AllGenes, read.AllGenes);
        Assert.Equal(assay.Coverage, read.Coverage);
    }

    private static byte[] Write(IEnumerable<Row> rows)
    {
        using var stream = new MemoryStream();
        using (var writer = new RegistrationWriter(stream))
        {
            foreach (var row in rows)
                writer.Write(row);
        }

        return stream.ToArray();
    }

    private static List<RegistrationLine> Read(byte[] bytes) => [.. new RegistrationReader(new MemoryStream(bytes)).Lines(TestContext.Current.CancellationToken)];

    /// <summary>Every field that may be written has a value, which depends on the seed; children are nested two deep.</summary>
    private static Row Filled(Entity entity, int seed)
    {
        var row = new Row(entity);
        foreach (var field in entity.Fields.Where(f => !f.IsDerived))
        {
            var n = seed + field.Index;
            switch (field.Type)
            {
                case FieldType.Code:
                    var codes = Dictionary.Codes(field.Domain);
                    row.Set(field, codes[n % codes.Count].Value);
                    break;
                case FieldType.Date:
                    row.Set(field, new DateOnly(2015, 1, 1).AddDays(n));
                    break;
                case FieldType.Integer or FieldType.Decimal:
                    row.Set(field, (double)(field.Min + ((field.Max - field.Min) * (n % 7) / 13)));
                    break;
                default:
                    row.Set(field, $"値 \"{n}\"\\\t\u2028 <é>");
                    break;
            }
        }

        foreach (var child in entity.Children)
        {
            for (var i = 0; i < 1 + (seed % 2); i++)
                row.Children(child).Add(Filled(child, seed + i));
        }

        return row;
    }

    private static void AssertSame(Row a, Row b)
    {
        foreach (var field in a.Entity.Fields)
            Assert.Equal(a.Display(field), b.Display(field));
        foreach (var child in a.Entity.Children)
        {
            Assert.Equal(a.Children(child).Count, b.Children(child).Count);
            foreach (var (x, y) in a.Children(child).Zip(b.Children(child)))
                AssertSame(x, y);
        }
    }

    private sealed class Endless : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Given; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'a');
            Given += buffer.Length;
            return buffer.Length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
