-- The knowledge base in SQLite. Sources are kept; every other table about articles is derived from them and can be
-- built again. "number" columns are this file's own keys and mean nothing outside of it. Tables are dropped in the
-- reverse order (import.c): articles before their sources, what is derived before both.

-- Facts about the file itself.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,   -- "generation": counts the imports that changed something; "derived": the version of the
                           -- rules by which the derived tables were made; "identity": drawn when the KB was made
  value INTEGER NOT NULL   -- its value
) WITHOUT ROWID;

-- Where sources came from: a folder or an archive.
CREATE TABLE root (
  number INTEGER PRIMARY KEY, -- key
  path TEXT NOT NULL UNIQUE   -- its absolute path at the time of the import, "-" for standard input
);

-- What the compressor was taught, so that small articles become much smaller.
CREATE TABLE dictionary (
  number INTEGER PRIMARY KEY, -- key; 0 is never used and stands for "none"
  bytes BLOB NOT NULL         -- a zstd dictionary
);

-- The bytes of every article as imported.
CREATE TABLE source (
  number INTEGER PRIMARY KEY, -- key; a later import has larger ones
  article INTEGER NOT NULL REFERENCES article ON DELETE CASCADE, -- whose text it is
  root INTEGER NOT NULL REFERENCES root, -- the folder or archive it came from
  name TEXT NOT NULL,         -- its name in there: "txt/150/Q150536.TXT"
  format TEXT NOT NULL,       -- "kb-text", "kb-web", "authored"
  date TEXT NOT NULL,         -- last modified, "2001-08-08"; empty where unknown
  title TEXT NOT NULL,        -- its title
  issue_type TEXT NOT NULL,   -- "kbprb", ...; empty where unknown
  hash INTEGER NOT NULL,      -- XXH3-64 of the bytes
  size INTEGER NOT NULL,      -- of the bytes
  dictionary INTEGER NOT NULL, -- the dictionary they are compressed with, 0 for none
  packed BLOB NOT NULL,       -- the bytes, compressed by zstd, with a checksum
  UNIQUE (article, root)
);

-- One row an article, whatever the number of its sources.
CREATE TABLE article (
  number INTEGER PRIMARY KEY, -- key
  id TEXT NOT NULL UNIQUE,    -- "Q150536"
  title TEXT NOT NULL,        -- of the source that is shown
  date TEXT NOT NULL,         -- last modified, "2001-08-08", of the source that is shown; empty where unknown
  issue_type TEXT NOT NULL,   -- "kbprb", "kbbug", ... of the source that is shown; empty where unknown
  shown INTEGER NOT NULL REFERENCES source DEFERRABLE INITIALLY DEFERRED, -- the source whose text is shown: the
                           -- newest imported one, or the authored one where there is no other
  authored INTEGER REFERENCES source DEFERRABLE INITIALLY DEFERRED -- our own article of that id, which enriches it
);

-- What a source says as a rule. One row a source.
CREATE TABLE rule (
  source INTEGER PRIMARY KEY REFERENCES source ON DELETE CASCADE, -- whose rule it is
  symptoms INTEGER NOT NULL,  -- 1 where the article has a section of symptoms
  status TEXT NOT NULL,       -- "unknown", "confirmed", "fixed", "no-known-fix", "by-design"
  status_text TEXT NOT NULL,  -- the sentence that says so
  cause TEXT NOT NULL         -- the cause in the article's words; empty where it has none
);

-- Messages that a source quotes.
CREATE TABLE template (
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, -- whose message it is
  n INTEGER NOT NULL,         -- its place among them, from 0
  text TEXT NOT NULL,         -- the message as quoted, its lines joined
  pattern TEXT NOT NULL,      -- the same with {0}, {1} for its variables, {{ and }} for braces; empty where that is
                              -- the text
  place INTEGER NOT NULL,     -- where it stood: 0 authored, 1 symptoms, 2 title, 3 summary, 4 cause, 5 more, 6 other
  lines INTEGER NOT NULL,     -- how many lines it was quoted on
  line INTEGER NOT NULL,      -- its line in the source
  announced INTEGER NOT NULL, -- 1 where a sentence before it says that it is a message
  PRIMARY KEY (source, n)
) WITHOUT ROWID;

-- The variables of a template.
CREATE TABLE variable (
  source INTEGER NOT NULL,    -- with template: whose variable it is
  template INTEGER NOT NULL,  -- template.n
  n INTEGER NOT NULL,         -- the number in the pattern
  name TEXT NOT NULL,         -- "server"
  type TEXT NOT NULL,         -- "netbios-name"
  says TEXT NOT NULL,         -- as the article spells it: "<\\servername>"
  sample INTEGER NOT NULL,    -- 1 where that is one machine's value (an address), not a placeholder
  PRIMARY KEY (source, template, n),
  FOREIGN KEY (source, template) REFERENCES template (source, n) ON DELETE CASCADE
) WITHOUT ROWID;

-- Error codes that a source names.
CREATE TABLE code (
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, -- whose code it is
  n INTEGER NOT NULL,         -- its place among them, from 0
  value INTEGER NOT NULL,     -- 53, -2147024843
  family TEXT NOT NULL,       -- "win32", ...; empty where unknown
  symbol TEXT NOT NULL,       -- "ERROR_BAD_NETPATH"; empty where unknown
  defining INTEGER NOT NULL,  -- 1 where the article is about it
  PRIMARY KEY (source, n)
) WITHOUT ROWID;

-- What a source says can be done, in its order.
CREATE TABLE resolution (
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, -- whose advice it is
  n INTEGER NOT NULL,         -- its place among them, from 0
  kind TEXT NOT NULL,         -- "fix" or "workaround"; where it is said, what it takes and risks follow, and with a
                              -- risk the harm: "fix minutes low drops the sessions"; "-" for one that is not said
  text TEXT NOT NULL,         -- what to do
  place TEXT NOT NULL,        -- where to do it: "site server", a path; may be empty
  caveat TEXT NOT NULL,       -- a warning that goes with it; may be empty
  line INTEGER NOT NULL,      -- its line in the source
  PRIMARY KEY (source, n)
) WITHOUT ROWID;

-- What a source refers to.
CREATE TABLE reference (
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, -- who refers
  n INTEGER NOT NULL,         -- its place among them, from 0
  id TEXT NOT NULL,           -- "Q151519", which the knowledge base need not hold; empty for one by keyword
  keyword TEXT NOT NULL,      -- "SERVPACK"; empty for one by id
  title TEXT NOT NULL,        -- as the source has it; may be empty
  line INTEGER NOT NULL,      -- its line in the source
  PRIMARY KEY (source, n)
) WITHOUT ROWID;
CREATE INDEX reference_by_id ON reference (id) WHERE id <> '';

-- Names that many sources share: products, keywords, log files, components, causes, probes.
CREATE TABLE term (
  number INTEGER PRIMARY KEY, -- key
  kind TEXT NOT NULL,         -- "product", "keyword", "log-file", "component", "cause", "probe"
  text TEXT NOT NULL,         -- "Microsoft Windows NT Server 4.0"
  UNIQUE (kind, text)
);

-- Which source has which of them.
CREATE TABLE has_term (
  source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, -- who
  n INTEGER NOT NULL,         -- its place among the source's terms of all kinds, from 0
  term INTEGER NOT NULL REFERENCES term, -- what
  PRIMARY KEY (source, n)
) WITHOUT ROWID;

-- Files beside the articles: causes and code tables. The later import of a name wins.
CREATE TABLE file (
  number INTEGER PRIMARY KEY, -- key
  kind TEXT NOT NULL,         -- "causes" or "codes"
  name TEXT NOT NULL,         -- without its folder: "smb.yaml"
  origin TEXT NOT NULL,       -- where it came from, for people
  hash INTEGER NOT NULL,      -- XXH3-64 of the bytes
  bytes BLOB NOT NULL,        -- as imported
  UNIQUE (kind, name)
);

-- What a number means in each family: the rows of the code tables.
CREATE TABLE meaning (
  file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE, -- the code table
  line INTEGER NOT NULL,      -- its line there
  value INTEGER NOT NULL,     -- 53
  family TEXT NOT NULL,       -- "win32"
  symbol TEXT NOT NULL,       -- "ERROR_BAD_NETPATH"
  says TEXT NOT NULL,         -- the meaning in a few words
  PRIMARY KEY (file, line)
) WITHOUT ROWID;
CREATE INDEX meaning_by_value ON meaning (value);
CREATE INDEX source_by_hash ON source (hash, size, article, root); -- what an import asks of every file
-- Which article shows a source: what the check of those references asks for every source that comes or goes.
CREATE INDEX article_by_shown ON article (shown);
CREATE INDEX article_by_authored ON article (authored) WHERE authored IS NOT NULL;
