-- What concerns most hosts of a fleet: the causes of what remains, and the packages.
--
-- Reads two relations that the engine makes of all packs: outcome (the rows of each delta.csv) and named_package (of each
-- finding of an after.ndjson.gz the name of each of its packages: account, region, host, type, vulnerability, package).
-- A host is known by its account, Region and id; what remains, or is new, is active after patching.
-- One row for a cause or a package. Of a package, `findings` are its vulnerabilities. `place` counts from 1 in each kind.
-- Standard SQL only: the same text runs on DuckDB and on Spark, and Athena can read it.
WITH
active AS (
  SELECT account, region, host, type, vulnerability, cause
  FROM outcome
  WHERE class IN ('remaining', 'renamed', 'new', 'resurfaced')
),
concerned AS (
  SELECT 'cause' AS kind, cause AS name, account, region, host, COUNT(*) AS findings
  FROM active
  GROUP BY cause, account, region, host
),
package_finding AS (
  SELECT DISTINCT named_package.package AS name, active.account, active.region, active.host, active.vulnerability
  FROM named_package
  JOIN active
    ON active.account = named_package.account AND active.region = named_package.region
   AND active.host = named_package.host AND active.type = named_package.type
   AND active.vulnerability = named_package.vulnerability
),
counted AS (
  SELECT kind, name, COUNT(*) AS hosts, SUM(findings) AS findings
  FROM concerned
  GROUP BY kind, name
  UNION ALL
  SELECT 'package' AS kind, by_host.name, by_host.hosts, by_vulnerability.findings
  FROM (
    SELECT name, COUNT(*) AS hosts
    FROM (SELECT DISTINCT name, account, region, host FROM package_finding) AS host_of_package
    GROUP BY name
  ) AS by_host
  JOIN (SELECT name, COUNT(DISTINCT vulnerability) AS findings FROM package_finding GROUP BY name) AS by_vulnerability
    ON by_vulnerability.name = by_host.name
),
placed AS (
  SELECT kind, name, hosts, CAST(findings AS BIGINT) AS findings,
         ROW_NUMBER() OVER (PARTITION BY kind ORDER BY hosts DESC NULLS LAST, findings DESC NULLS LAST, name NULLS LAST) AS place
  FROM counted
  WHERE name <> ''
)
SELECT kind, name, hosts, findings, place FROM placed
