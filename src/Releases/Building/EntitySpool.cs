using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases.Building;

/// <summary>The spools of one entity: a column per field, and how its rows hang on cases and parents.</summary>
internal sealed class EntitySpool : IDisposable
{
    /// <summary>A value that no date or number takes, so that it can stand for blank.</summary>
    public const int Blank = int.MinValue;

    private readonly Column[] columns;
    private readonly Spool<ulong>? registrations;
    private readonly Spool<ulong>? patients;
    private readonly List<int> caseStarts = [0];
    private readonly Spool<int>? perParent;

    public EntitySpool(Entity entity, string folder, Func<string, OpenVocabulary> vocabulary, bool textsReviewed)
    {
        Entity = entity;
        columns = [.. entity.Fields.Where(f => f.Type != FieldType.Identifier).Select(f => new Column(f, folder, vocabulary, textsReviewed))];
        if (entity.Depth == 0)
        {
            registrations = new Spool<ulong>(Path.Combine(folder, "registrations"), 0);
            patients = new Spool<ulong>(Path.Combine(folder, "patients"), 0);
        }
        else
        {
            perParent = new Spool<int>(Path.Combine(folder, entity.Name + ".parents"), 0);
        }
    }

    public Entity Entity { get; }

    public int Rows { get; private set; }

    public IReadOnlyList<Column> Columns => columns;

    /// <summary>Row number at which each case's rows begin, in the order in which the cases came, and the row count at the end. Empty for the case itself.</summary>
    public List<int> CaseStarts => caseStarts;

    /// <summary>Rows per row of the parent.</summary>
    public Spool<int> PerParent => perParent!;

    public Spool<ulong> Registrations => registrations!;

    public Spool<ulong> Patients => patients!;

    public void AddIds(ulong registration, ulong patient)
    {
        registrations!.Add(registration);
        patients!.Add(patient);
    }

    public void Add(Row row)
    {
        foreach (var column in columns)
            column.Add(row);
        Rows = checked(Rows + 1);
    }

    public void EndParent(int rows) => perParent!.Add(rows);

    public void EndCase() => caseStarts.Add(Rows);

    public void Dispose()
    {
        foreach (var column in columns)
            column.Dispose();
        registrations?.Dispose();
        patients?.Dispose();
        perParent?.Dispose();
    }

    /// <summary>One field on its way: numbers, or running text.</summary>
    internal sealed class Column : IDisposable
    {
        private readonly OpenVocabulary? vocabulary;
        private readonly long cap = long.MaxValue;
        private readonly bool textsReviewed;

        public Column(Field field, string folder, Func<string, OpenVocabulary> vocabularies, bool textsReviewed)
        {
            this.textsReviewed = textsReviewed;
            Field = field;
            var path = Path.Combine(folder, field.Key);
            if (field.Type == FieldType.Text)
                Texts = new TextSpool(path);
            else
                Numbers = new Spool<int>(path, field.Type is FieldType.Code or FieldType.Open ? 0 : Blank);
            vocabulary = field.Type == FieldType.Open ? vocabularies(field.Domain) : null;
            if (field.Rule.StartsWith("cap:", StringComparison.Ordinal))
                cap = int.Parse(field.Rule.AsSpan(4), System.Globalization.CultureInfo.InvariantCulture) * Row.Pow10(field.Scale);
        }

        public Field Field { get; }

        public Spool<int>? Numbers { get; }

        public TextSpool? Texts { get; }

        public OpenVocabulary? Vocabulary => vocabulary;

        public void Add(Row row)
        {
            switch (Field.Type)
            {
                case FieldType.Text:
                    Texts!.Add(textsReviewed ? row.Text(Field) : null);
                    break;
                case FieldType.Open:
                    Numbers!.Add(vocabulary!.Code(row.Text(Field)));
                    break;
                case FieldType.Code:
                    Numbers!.Add(row.Text(Field) is { } code ? Position(code) + 1 : 0);
                    break;
                default:
                    Numbers!.Add(Number(row));
                    break;
            }
        }

        private int Position(string code) => DataDictionary.Current.Position(Field.Domain, code) is >= 0 and var position
            ? position
            : throw new ReleaseException("unknown_code", $"A value of {Field.Key} is not a code of the list '{Field.Domain}'.");

        private int Number(Row row)
        {
            if (row.Scaled(Field) is not { } scaled)
                return Blank;
            scaled = Math.Min(scaled, cap);
            if (!Row.Accepts(Field, scaled))
                throw new ReleaseException("out_of_range", $"A value of {Field.Key} is outside {Field.Min} to {Field.Max}.");
            return (int)scaled;
        }

        public void Dispose()
        {
            Numbers?.Dispose();
            Texts?.Dispose();
        }
    }
}
