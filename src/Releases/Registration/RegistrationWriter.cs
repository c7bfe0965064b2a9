using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases.Registration;

/// <summary>Writes cases in the form that <see cref="RegistrationReader"/> reads: one line each, blank and derived fields left out. The same row gives the same bytes.</summary>
public sealed class RegistrationWriter : IDisposable
{
    private const int FlushAt = 256 * 1024;

    private readonly Stream stream;
    private readonly ArrayBufferWriter<byte> buffer = new(FlushAt * 2);
    private readonly Utf8JsonWriter json;

    /// <param name="stream">Not closed by the writer; complete after <see cref="Dispose"/>.</param>
    public RegistrationWriter(Stream stream)
    {
        this.stream = stream;
        // Readable Japanese; the files never stand inside HTML.
        json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <exception cref="ArgumentException">The row is not a case.</exception>
    public void Write(Row row)
    {
        if (row.Entity.Parent is not null)
            throw new ArgumentException("Only whole cases are written.", nameof(row));
        json.Reset(buffer);
        WriteObject(row);
        json.Flush();
        buffer.Write("\n"u8);
        if (buffer.WrittenCount >= FlushAt)
            Drain();
    }

    public void Dispose()
    {
        Drain();
        json.Dispose();
    }

    private void WriteObject(Row row)
    {
        json.WriteStartObject();
        foreach (var member in RegistrationSchema.Of(row.Entity).Members)
        {
            if (member.Field is { } field)
                WriteValue(row, field);
            else if (row.ChildrenOrNull(member.Child!) is { Count: > 0 } children)
                WriteChildren(member.Name, children);
        }

        json.WriteEndObject();
    }

    private void WriteChildren(string name, List<Row> children)
    {
        json.WriteStartArray(name);
        foreach (var child in children)
            WriteObject(child);
        json.WriteEndArray();
    }

    private void WriteValue(Row row, Field field)
    {
        if (field.IsDerived || !row.Has(field))
            return;
        if (field.Type is FieldType.Integer or FieldType.Decimal)
            json.WriteNumber(field.Name, (decimal)row.Scaled(field)!.Value / Row.Pow10(field.Scale));
        else
            json.WriteString(field.Name, row.Display(field));
    }

    private void Drain()
    {
        stream.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
