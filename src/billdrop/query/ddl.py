"""What makes the destination readable on Athena: raw tables of strings, and the typed views over them."""

from billdrop.query.views import TABLES, body

ROWS = ("invoices", "lines")

SERDE = "org.apache.hadoop.hive.serde2.OpenCSVSerde"

ESCAPE = r"\u0001"
"""The SerDe must have an escape character; its default, the backslash, would be lost from texts.
This one is in no CSV: control characters become blanks."""


def statements(location: str) -> list[str]:
    """The DDL for a destination at `s3://bucket[/prefix]`, in the order in which it is run."""
    raw = [raw_table(table, location.rstrip("/")) for table in ROWS]
    return [*raw, *(view(f"{table}_all") for table in ROWS), *(view(table) for table in ROWS)]


def properties(folder: str) -> dict[str, str]:
    """What Athena is told about the raw table whose objects lie in a folder."""
    return {
        "skip.header.line.count": "1",
        "projection.enabled": "true",
        "projection.received.type": "date",
        "projection.received.format": "yyyy-MM-dd",
        "projection.received.range": "2020-01-01,NOW+1DAY",
        "storage.location.template": f"{folder}received=${{received}}/",
    }


def raw_table(table: str, location: str) -> str:
    columns = ",\n".join(f"  `{column.name}` string" for column in TABLES[table])
    folder = f"{location}/{table}/"
    said = ",\n".join(f"  '{name}' = '{value}'" for name, value in properties(folder).items())
    return (
        f"CREATE EXTERNAL TABLE raw_{table} (\n{columns}\n)\n"
        f"PARTITIONED BY (received string)\nROW FORMAT SERDE '{SERDE}'\n"
        f"WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '\"', 'escapeChar' = '{ESCAPE}')\n"
        f"STORED AS TEXTFILE\nLOCATION '{folder}'\nTBLPROPERTIES (\n{said}\n)"
    )


def view(name: str) -> str:
    return f"CREATE OR REPLACE VIEW {name} AS\n{body(name)}"
