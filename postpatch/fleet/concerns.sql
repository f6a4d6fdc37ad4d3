-- What concerns most hosts of a fleet, from the delta.csv and the after.ndjson.gz of each pack.
-- A host is known by its account, Region and id; what remains, or is new, is active after patching.

CREATE TEMP TABLE active AS
SELECT account, region, host, type, vulnerability, cause
FROM read_csv(getvariable('deltas'), header = true, all_varchar = true, union_by_name = true)
WHERE class IN ('remaining', 'renamed', 'new', 'resurfaced');

CREATE TEMP VIEW cause_concern AS
SELECT cause, COUNT(DISTINCT (account, region, host)) AS hosts, COUNT(*) AS findings
FROM active
WHERE cause IS NOT NULL AND cause <> ''
GROUP BY cause;

CREATE TEMP VIEW package_concern AS
SELECT package, COUNT(DISTINCT (account, region, host)) AS hosts, COUNT(DISTINCT vulnerability) AS vulnerabilities
FROM (
  SELECT a.account, a.region, a.host, a.vulnerability, UNNEST(f.packages).name AS package
  FROM read_json(getvariable('afters'), format = 'newline_delimited', compression = 'gzip',
                 columns = {account: 'VARCHAR', region: 'VARCHAR', host: 'VARCHAR', type: 'VARCHAR',
                            vulnerability: 'VARCHAR', packages: 'STRUCT(name VARCHAR)[]'}) f
  JOIN active a USING (account, region, host, type, vulnerability)
)
WHERE package IS NOT NULL AND package <> ''
GROUP BY package;
