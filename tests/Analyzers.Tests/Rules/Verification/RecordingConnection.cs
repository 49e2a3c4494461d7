using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace AgentLint.Tests.Rules.Verification;

/// <summary>A database that does nothing but write down what it is told to do.</summary>
internal sealed class RecordingConnection : DbConnection
{
    public List<string> Statements { get; } = [];

    public List<object?> Values { get; } = [];

    [AllowNull]
    public override string ConnectionString { get; set; } = "";

    public override string Database => "";

    public override string DataSource => "";

    public override string ServerVersion => "";

    public override ConnectionState State => ConnectionState.Open;

    public override void ChangeDatabase(string databaseName)
    {
    }

    public override void Close()
    {
    }

    public override void Open()
    {
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new RecordingCommand(this);

    private sealed class RecordingCommand(RecordingConnection connection) : DbCommand
    {
        private readonly Parameters parameters = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override int ExecuteNonQuery()
        {
            connection.Statements.Add(CommandText);
            connection.Values.AddRange(parameters.All.Select(parameter => parameter.Value));
            return 0;
        }

        public override object? ExecuteScalar() => ExecuteNonQuery();

        public override void Prepare()
        {
        }

        protected override DbParameter CreateDbParameter() => new Parameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();
    }

    private sealed class Parameter : DbParameter
    {
        public override DbType DbType { get; set; }

        public override ParameterDirection Direction { get; set; }

        public override bool IsNullable { get; set; }

        [AllowNull]
        public override string ParameterName { get; set; } = "";

        public override int Size { get; set; }

        [AllowNull]
        public override string SourceColumn { get; set; } = "";

        public override bool SourceColumnNullMapping { get; set; }

        public override object? Value { get; set; }

        public override void ResetDbType()
        {
        }
    }

    private sealed class Parameters : DbParameterCollection
    {
        public List<DbParameter> All { get; } = [];

        public override int Count => All.Count;

        public override object SyncRoot => All;

        public override int Add(object value)
        {
            All.Add((DbParameter)value);
            return All.Count - 1;
        }

        public override void AddRange(Array values) => All.AddRange(values.Cast<DbParameter>());

        public override void Clear() => All.Clear();

        public override bool Contains(object value) => All.Contains((DbParameter)value);

        public override bool Contains(string value) => IndexOf(value) >= 0;

        public override void CopyTo(Array array, int index) => throw new NotSupportedException();

        public override System.Collections.IEnumerator GetEnumerator() => All.GetEnumerator();

        public override int IndexOf(object value) => All.IndexOf((DbParameter)value);

        public override int IndexOf(string parameterName) => All.FindIndex(parameter => parameter.ParameterName == parameterName);

        public override void Insert(int index, object value) => All.Insert(index, (DbParameter)value);

        public override void Remove(object value) => All.Remove((DbParameter)value);

        public override void RemoveAt(int index) => All.RemoveAt(index);

        public override void RemoveAt(string parameterName) => All.RemoveAt(IndexOf(parameterName));

        protected override DbParameter GetParameter(int index) => All[index];

        protected override DbParameter GetParameter(string parameterName) => All[IndexOf(parameterName)];

        protected override void SetParameter(int index, DbParameter value) => All[index] = value;

        protected override void SetParameter(string parameterName, DbParameter value) => All[IndexOf(parameterName)] = value;
    }
}
