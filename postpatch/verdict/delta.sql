-- The outcome of each finding between two snapshots.
--
-- Reads four relations: baseline and after (rows of a snapshot), baseline_host and after_host (hosts of a manifest).
-- One row per identity: account, region, host, type, vulnerability, protocol, ports, package. ARN, title, score and
-- time are not part of it. Only Inspector Classic fills the package.
-- Standard SQL only: this file runs on DuckDB and on Spark.
WITH
ranked AS (
  SELECT 'before' AS side, account, region, host, type, vulnerability, protocol, port_begin, port_end,
         package, status, severity, title, arn FROM baseline
  UNION ALL
  SELECT 'later' AS side, account, region, host, type, vulnerability, protocol, port_begin, port_end,
         package, status, severity, title, arn FROM after
),
ordered AS (
  -- Pages repeat rows and two findings may share an identity: the worst status wins, regardless of order.
  SELECT *,
         ROW_NUMBER() OVER (
           PARTITION BY side, account, region, host, type, vulnerability, protocol, port_begin, port_end, package
           ORDER BY CASE status WHEN 'ACTIVE' THEN 1 WHEN 'SUPPRESSED' THEN 2 WHEN 'SKIPPED' THEN 3 ELSE 4 END,
                    CASE severity WHEN 'CRITICAL' THEN 1 WHEN 'HIGH' THEN 2 WHEN 'MEDIUM' THEN 3 WHEN 'LOW' THEN 4
                                  WHEN 'INFORMATIONAL' THEN 5 ELSE 6 END,
                    title, arn
         ) AS place
  FROM ranked
),
earlier AS (SELECT * FROM ordered WHERE side = 'before' AND place = 1 AND status = 'ACTIVE'),
later AS (SELECT * FROM ordered WHERE side = 'later' AND place = 1),
paired AS (
  SELECT
    COALESCE(earlier.account, later.account) AS account,
    COALESCE(earlier.region, later.region) AS region,
    COALESCE(earlier.host, later.host) AS host,
    COALESCE(earlier.type, later.type) AS type,
    COALESCE(earlier.vulnerability, later.vulnerability) AS vulnerability,
    COALESCE(earlier.protocol, later.protocol) AS protocol,
    COALESCE(earlier.port_begin, later.port_begin) AS port_begin,
    COALESCE(earlier.port_end, later.port_end) AS port_end,
    COALESCE(earlier.package, later.package) AS package,
    COALESCE(later.title, earlier.title) AS title,
    earlier.severity AS severity_before,
    later.severity AS severity_after,
    earlier.host IS NOT NULL AS was_active,
    later.status AS status_after
  FROM earlier
  FULL OUTER JOIN later
    ON earlier.account = later.account AND earlier.region = later.region AND earlier.host = later.host
   AND earlier.type = later.type AND earlier.vulnerability = later.vulnerability
   AND earlier.protocol = later.protocol
   AND earlier.port_begin = later.port_begin AND earlier.port_end = later.port_end
   AND earlier.package = later.package
),
hosted AS (
  SELECT
    paired.*,
    COALESCE(after_host.present, FALSE) AS host_present,
    CASE WHEN paired.type = 'CONFIGURATION' THEN COALESCE(after_host.cis_scanned, FALSE)
         ELSE COALESCE(after_host.scanned, FALSE) END AS host_scanned,
    CASE WHEN paired.type = 'CONFIGURATION' THEN COALESCE(baseline_host.cis_scanned, FALSE)
         ELSE COALESCE(baseline_host.scanned, FALSE) END AS host_in_baseline,
    baseline_host.host IS NOT NULL AS host_known_before
  FROM paired
  LEFT JOIN after_host ON after_host.host = paired.host
  LEFT JOIN baseline_host ON baseline_host.host = paired.host
)
SELECT
  account, region, host, type, vulnerability, protocol, port_begin, port_end, package, title,
  severity_before, severity_after,
  host_present AND host_scanned AND host_in_baseline AS comparable,
  was_active,
  COALESCE(status_after = 'ACTIVE', FALSE) AS is_active,
  CASE
    -- If the host existed but had no CIS scan before, the check may have failed then too.
    WHEN NOT was_active AND type = 'CONFIGURATION' AND host_known_before AND NOT host_in_baseline THEN 'not_scanned'
    WHEN NOT was_active THEN 'new'
    WHEN NOT host_present THEN 'host_gone'
    WHEN status_after = 'SUPPRESSED' THEN 'suppressed'
    WHEN NOT host_scanned OR status_after = 'SKIPPED' THEN 'not_scanned'
    WHEN status_after = 'ACTIVE' THEN 'remaining'
    -- A CIS check without a row was not evaluated: another benchmark version may have renumbered it.
    WHEN type = 'CONFIGURATION' AND status_after IS NULL THEN 'not_scanned'
    ELSE 'fixed'
  END AS class
FROM hosted
WHERE was_active OR status_after = 'ACTIVE'
