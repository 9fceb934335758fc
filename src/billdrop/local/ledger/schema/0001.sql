PRAGMA application_id = 0x62646C67;

CREATE TABLE guidelines (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL
);

-- The originals, end to end in one stream of bytes: `start` and `size` count them uncompressed.
CREATE TABLE packs (
    start INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    zstd BLOB NOT NULL
);

-- `id` is the order of arrival. `ordinal` is the id of the last document with these bytes from
-- the same object, and `sequencer` is its sequencer. `fingerprint` is the head of `sha256`.
-- `refused` says as JSON what was found wrong with its name.
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    bucket TEXT NOT NULL,
    version TEXT NOT NULL,
    customer TEXT NOT NULL,
    state TEXT NOT NULL,
    fingerprint INTEGER,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    start INTEGER,
    oversized INTEGER NOT NULL,
    sequencer TEXT,
    ordinal INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    committed_at INTEGER NOT NULL,
    guideline INTEGER,
    duplicate_of TEXT,
    evidence TEXT NOT NULL,
    refused TEXT NOT NULL,
    invoices INTEGER NOT NULL,
    live INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    waiting INTEGER NOT NULL
);
CREATE INDEX documents_fingerprint ON documents (fingerprint);

-- One row per revision. `cells` and `lines` are the rows of the CSV objects as JSON; a line
-- leaves out the cells that repeat its invoice. `number` is folded, `identity` is empty where
-- it is the number, `fingerprint` is the head of the invoice id.
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL,
    customer TEXT NOT NULL,
    identity TEXT NOT NULL,
    revision INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    document INTEGER NOT NULL,
    record INTEGER NOT NULL,
    live INTEGER NOT NULL,
    sequencer TEXT,
    ordinal INTEGER NOT NULL,
    cells TEXT NOT NULL,
    lines TEXT NOT NULL
);
CREATE UNIQUE INDEX invoices_identity ON invoices (number, customer, identity, revision);
CREATE INDEX invoices_fingerprint ON invoices (fingerprint);
CREATE INDEX invoices_document ON invoices (document);

-- The invoices of a commit have ids from `first` to `last`.
CREATE TABLE segments (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    received TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    published_at INTEGER
);
CREATE INDEX segments_unpublished ON segments (id) WHERE published_at IS NULL;

-- Closed entries stay, with who released them and why.
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    record INTEGER,
    first_line INTEGER,
    last_line INTEGER,
    code TEXT NOT NULL,
    findings TEXT NOT NULL,
    since INTEGER NOT NULL,
    closed_at INTEGER,
    by TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT ''
);
CREATE INDEX quarantine_open ON quarantine (document) WHERE closed_at IS NULL;

-- Of the last reading of each document, in order, some in each row.
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    findings TEXT NOT NULL
);
CREATE INDEX findings_document ON findings (document);

-- Of the latest revisions. Sums are exact decimal text.
CREATE TABLE totals (
    issue_date TEXT NOT NULL,
    currency TEXT NOT NULL,
    invoices INTEGER NOT NULL,
    net TEXT NOT NULL,
    with_net INTEGER NOT NULL,
    tax TEXT NOT NULL,
    with_tax INTEGER NOT NULL,
    total TEXT NOT NULL,
    PRIMARY KEY (issue_date, currency)
) WITHOUT ROWID;

CREATE TABLE states (
    state TEXT PRIMARY KEY,
    documents INTEGER NOT NULL
) WITHOUT ROWID;
