BEGIN TRANSACTION;
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
INSERT INTO "documents" VALUES(1,'inbox/acme/a.txt@1','inbox','1','acme','superseded',5063700882556923748,X'4645E11FC1A32F64128809982147A0DC6E787AF2E75B671BA00CAF0D4FE3B48A',18,0,0,NULL,1,1795338000000000,1795338060000000,1,NULL,'','',2,0,0,0);
INSERT INTO "documents" VALUES(2,'inbox/acme/c.txt@1','inbox','1','acme','quarantined',-4690179166816822152,X'BEE922E5BCF21C785A2D5E5340B590A33DA0BCC2C14491F92A91C60ECA6C2E5E',18,18,0,NULL,2,1795338000000000,1795338060000000,1,NULL,'','',0,0,0,1);
INSERT INTO "documents" VALUES(3,'inbox/acme/a.txt@2','inbox','2','acme','recorded',538886386004911833,X'077A82501C1DE6D9ADB0445D8E014E6F683A889138666DF915525E1A1364FA8B',18,36,0,NULL,3,1795338000000000,1795338120000000,1,NULL,'','',1,1,0,0);
INSERT INTO "documents" VALUES(4,'inbox/acme/d.txt@1','inbox','1','acme','duplicate',-6394501510044955801,X'A7422AC192124B675F578B74C52F6877778022A9B038878CA06C3C1F32D98E4C',18,54,0,NULL,4,1795338000000000,1795338120000000,1,'inbox/acme/a.txt@2','','',0,0,0,0);
INSERT INTO "documents" VALUES(5,'inbox/acme/e.txt@1','inbox','1','acme','lost',NULL,X'',0,NULL,0,NULL,5,1795338000000000,1795338180000000,NULL,NULL,'12 bytes announced; no such file','',0,0,0,0);
INSERT INTO "documents" VALUES(6,'inbox/acme/f.txt@1','inbox','1','acme','recorded',-5018590581095300671,X'BA5A6274C4B181C1979A6CE4554F59CFBAF731DC6CC53105AF407BBCD24CECE9',18,72,0,NULL,6,1795338000000000,1795338180000000,1,NULL,'','',1,1,0,0);
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    findings TEXT NOT NULL
);
INSERT INTO "findings" VALUES(1,2,'[{"code":"BD2014","message":"total 3 is not net 1 + tax 1 = 2","severity":"error","line":7,"column":3,"length":1,"excerpt":"","offset":0,"hint":"","field":""}]');
CREATE TABLE guidelines (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL
);
INSERT INTO "guidelines" VALUES(1,'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','plain',1,'guideline = "plain"');
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
INSERT INTO "invoices" VALUES(1,'b','acme','',1,-5440686834817410185,1,0,0,NULL,1,'["347ecc2654905b774ada","acme","B","1",null,"2026-11-20",null,"380","EUR",null,null,"7.50",null,null,null,null,null,null,null,null,null,null,null,null,"1",null,"plain","1","inbox/acme/a.txt@1","0","1","9","2026-11-22 09:01:00.000"]','[["1","1","Widget",null,null,null,null,null,"7.50",null,null,"4"]]');
INSERT INTO "invoices" VALUES(2,'a','acme','',1,-4838603877985478021,1,1,0,NULL,1,'["3cd9d368b3d91a7b8adc","acme","A","1",null,"2026-11-20",null,"380","EUR",null,null,"10",null,null,null,null,null,null,null,null,null,null,null,null,"1",null,"plain","1","inbox/acme/a.txt@1","1","11","19","2026-11-22 09:01:00.000"]','[["1","1","Widget",null,null,null,null,null,"10",null,null,"4"]]');
INSERT INTO "invoices" VALUES(3,'a','acme','',2,-2019165536683881185,3,0,1,NULL,3,'["63fa7ba4733f0d1f7b12","acme","A","2","3cd9d368b3d91a7b8adc","2026-11-20",null,"380","EUR",null,null,"20",null,null,null,null,null,null,null,null,null,null,null,null,"1",null,"plain","1","inbox/acme/a.txt@2","0","1","9","2026-11-22 09:02:00.000"]','[["1","1","Widget",null,null,null,null,null,"20",null,null,"4"]]');
INSERT INTO "invoices" VALUES(4,'b','acme','',2,-8371415954517525028,6,0,1,NULL,6,'["0bd2c18b03f1fddca058","acme","B","2","347ecc2654905b774ada","2026-11-20",null,"380","EUR",null,null,"8.50",null,null,null,null,null,null,null,null,null,null,null,null,"1",null,"plain","1","inbox/acme/f.txt@1","0","1","9","2026-11-22 09:04:00.000"]','[["1","1","Widget",null,null,null,null,null,"8.50",null,null,"4"]]');
CREATE TABLE packs (
    start INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    zstd BLOB NOT NULL
);
INSERT INTO "packs" VALUES(0,36,X'28B52FFD2024FD0000C8696E626F782F61636D652F612E7478744031632E74787440310100CA9861');
INSERT INTO "packs" VALUES(36,36,X'28B52FFD2024FD0000C8696E626F782F61636D652F612E7478744032642E74787440310100CA9861');
INSERT INTO "packs" VALUES(72,18,X'28B52FFD2012910000696E626F782F61636D652F662E7478744031');
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
INSERT INTO "quarantine" VALUES(1,2,0,1,9,'BD2014','[{"code":"BD2014","message":"total 3 is not net 1 + tax 1 = 2","severity":"error","line":7,"column":3,"length":1,"excerpt":"","offset":0,"hint":"","field":""}]',1795338060000000,NULL,'','');
INSERT INTO "quarantine" VALUES(2,6,0,1,9,'BD3001','[{"code":"BD3001","message":"invoice B is already recorded from inbox/acme/a.txt@1 with other content","severity":"error","line":1,"column":null,"length":1,"excerpt":"","offset":0,"hint":"look at both; `billdrop quarantine release` records it as a correction","field":"number"}]',1795338180000000,1795338240000000,'ada','they called');
CREATE TABLE segments (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    received TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    published_at INTEGER
);
INSERT INTO "segments" VALUES(1,'20261122T090100000000Z-000001','2026-11-22',1,2,1795338060000000);
INSERT INTO "segments" VALUES(2,'20261122T090200000000Z-000002','2026-11-22',3,3,NULL);
INSERT INTO "segments" VALUES(3,'20261122T090400000000Z-000003','2026-11-22',4,4,NULL);
CREATE TABLE states (
    state TEXT PRIMARY KEY,
    documents INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO "states" VALUES('duplicate',1);
INSERT INTO "states" VALUES('lost',1);
INSERT INTO "states" VALUES('quarantined',1);
INSERT INTO "states" VALUES('recorded',2);
INSERT INTO "states" VALUES('superseded',1);
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
INSERT INTO "totals" VALUES('2026-11-20','EUR',2,'0',0,'0',0,'28.50');
CREATE INDEX documents_fingerprint ON documents (fingerprint);
CREATE UNIQUE INDEX invoices_identity ON invoices (number, customer, identity, revision);
CREATE INDEX invoices_fingerprint ON invoices (fingerprint);
CREATE INDEX invoices_document ON invoices (document);
CREATE INDEX segments_unpublished ON segments (id) WHERE published_at IS NULL;
CREATE INDEX quarantine_open ON quarantine (document) WHERE closed_at IS NULL;
CREATE INDEX findings_document ON findings (document);
COMMIT;
PRAGMA application_id = 1650748519;
PRAGMA user_version = 1;
