-- The outcome of each finding between two snapshots.
--
-- Reads relations that database.py makes: baseline and after (rows of a snapshot, of one ARN the newest), baseline_name
-- and after_name (the names under which each active package finding is known on its host: its own id and the related
-- ones), and compared_host (each host, by what was scanned on it and how).
-- One row per identity: account, region, host, type, vulnerability, protocol, ports, package, part. Never ARN, title,
-- score or time. The package is empty but for Inspector Classic. The part tells findings of one vulnerability apart
-- where a snapshot has one of the operating system's packages and another of a language's packages alone.
-- Standard SQL only: the same text runs on DuckDB and on Spark, and Athena can read it.
WITH
ranked AS (
  SELECT 'before' AS side, account, region, host, type, vulnerability, protocol, port_begin, port_end,
         package, part, status, severity, title, arn FROM baseline
  WHERE status = 'ACTIVE'
  UNION ALL
  SELECT 'later' AS side, account, region, host, type, vulnerability, protocol, port_begin, port_end,
         package, part, status, severity, title, arn FROM after
),
ordered AS (
  -- Pages repeat rows and two findings may share an identity: the worst status wins, regardless of order.
  SELECT *,
         ROW_NUMBER() OVER (
           PARTITION BY side, account, region, host, type, vulnerability, protocol, port_begin, port_end, package, part
           ORDER BY CASE status WHEN 'ACTIVE' THEN 1 WHEN 'SUPPRESSED' THEN 2 WHEN 'SKIPPED' THEN 3 ELSE 4 END NULLS LAST,
                    CASE severity WHEN 'CRITICAL' THEN 1 WHEN 'HIGH' THEN 2 WHEN 'MEDIUM' THEN 3 WHEN 'LOW' THEN 4
                                  WHEN 'INFORMATIONAL' THEN 5 ELSE 6 END NULLS LAST,
                    title NULLS LAST, arn NULLS LAST
         ) AS place
  FROM ranked
),
worst AS (SELECT * FROM ordered WHERE place = 1),
parts AS (
  -- A finding that lost its system packages and kept a language's one is the same finding: parts count only where
  -- one side has both.
  SELECT side, account, region, host, type, vulnerability, protocol, port_begin, port_end, package, COUNT(*) AS parts
  FROM worst
  GROUP BY side, account, region, host, type, vulnerability, protocol, port_begin, port_end, package
),
split AS (
  SELECT account, region, host, type, vulnerability, protocol, port_begin, port_end, package, MAX(parts) AS parts
  FROM parts
  GROUP BY account, region, host, type, vulnerability, protocol, port_begin, port_end, package
),
identified AS (
  SELECT worst.side, worst.account, worst.region, worst.host, worst.type, worst.vulnerability, worst.protocol,
         worst.port_begin, worst.port_end, worst.package, worst.status, worst.severity, worst.title,
         worst.part AS found_part, CASE WHEN split.parts > 1 THEN worst.part ELSE 'any' END AS part
  FROM worst
  JOIN split
    ON worst.account = split.account AND worst.region = split.region AND worst.host = split.host
   AND worst.type = split.type AND worst.vulnerability = split.vulnerability
   AND worst.protocol = split.protocol
   AND worst.port_begin = split.port_begin AND worst.port_end = split.port_end
   AND worst.package = split.package
),
earlier AS (SELECT * FROM identified WHERE side = 'before'),
later AS (SELECT * FROM identified WHERE side = 'later'),
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
    COALESCE(earlier.part, later.part) AS part,
    COALESCE(earlier.found_part, later.found_part) AS found_part,
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
   AND earlier.package = later.package AND earlier.part = later.part
),
same_flaw AS (
  -- Two findings of one host that are of the same flaw under two names: the id of one is among the names of the other.
  -- A Windows update (KB) that replaces another has the same vulnerabilities and a new id.
  SELECT DISTINCT before_name.account, before_name.region, before_name.host,
         before_name.vulnerability AS name_before, later_name.vulnerability AS name_after
  FROM baseline_name AS before_name
  JOIN after_name AS later_name
    ON before_name.account = later_name.account AND before_name.region = later_name.region
   AND before_name.host = later_name.host AND before_name.name = later_name.name
  WHERE before_name.vulnerability <> later_name.vulnerability
    AND (before_name.own OR later_name.own OR (before_name.is_update AND later_name.is_update))
),
known_before AS (SELECT DISTINCT account, region, host, name_after AS vulnerability FROM same_flaw),
known_after AS (SELECT DISTINCT account, region, host, name_before AS vulnerability FROM same_flaw),
hosted AS (
  SELECT
    paired.*,
    COALESCE(compared_host.present, FALSE) AS host_present,
    CASE WHEN paired.type = 'CONFIGURATION' THEN COALESCE(compared_host.cis_scanned, FALSE)
         ELSE COALESCE(compared_host.scanned, FALSE) END AS host_scanned,
    CASE WHEN paired.type = 'CONFIGURATION' THEN COALESCE(compared_host.cis_scanned_before, FALSE)
         ELSE COALESCE(compared_host.scanned_before, FALSE) END AS host_in_baseline,
    COALESCE(compared_host.known_before, FALSE) AS host_known_before,
    -- What a language's package manager installed is found by deep inspection, by its engine and in its paths alone.
    -- What vanished from a Windows host on which nothing was installed was not fixed: its scans differ by themselves.
    (paired.found_part <> 'language' OR COALESCE(compared_host.languages_alike, TRUE))
      AND NOT (COALESCE(compared_host.unchanged, FALSE) AND paired.type = 'PACKAGE_VULNERABILITY'
               AND COALESCE(paired.status_after, '') <> 'ACTIVE') AS scanned_alike,
    paired.type = 'PACKAGE_VULNERABILITY' AND known_before.host IS NOT NULL AS has_earlier_name,
    paired.type = 'PACKAGE_VULNERABILITY' AND known_after.host IS NOT NULL AS has_later_name
  FROM paired
  LEFT JOIN compared_host ON compared_host.host = paired.host
  LEFT JOIN known_before
    ON known_before.account = paired.account AND known_before.region = paired.region
   AND known_before.host = paired.host AND known_before.vulnerability = paired.vulnerability
  LEFT JOIN known_after
    ON known_after.account = paired.account AND known_after.region = paired.region
   AND known_after.host = paired.host AND known_after.vulnerability = paired.vulnerability
)
SELECT
  account, region, host, type, vulnerability, protocol, port_begin, port_end, package, part, found_part, title,
  severity_before, severity_after,
  host_present AND host_scanned AND host_in_baseline AND (scanned_alike OR status_after = 'ACTIVE' AND was_active)
    AS comparable,
  was_active,
  COALESCE(status_after = 'ACTIVE', FALSE) AS is_active,
  COALESCE(status_after = 'CLOSED', FALSE) AS is_closed,
  CASE
    -- A CIS check of a host that existed, and on which no CIS scan ran, may have failed then too.
    WHEN NOT was_active AND type = 'CONFIGURATION' AND host_known_before AND NOT host_in_baseline THEN 'not_scanned'
    WHEN NOT was_active AND has_earlier_name THEN 'renamed'
    WHEN NOT was_active THEN 'new'
    WHEN NOT host_present THEN 'host_gone'
    WHEN status_after = 'SUPPRESSED' THEN 'suppressed'
    WHEN NOT host_scanned OR status_after = 'SKIPPED' THEN 'not_scanned'
    WHEN status_after = 'ACTIVE' THEN 'remaining'
    WHEN has_later_name THEN 'remaining'
    -- A CIS check that is absent was not evaluated: another benchmark version may have renumbered it.
    WHEN type = 'CONFIGURATION' AND status_after IS NULL THEN 'not_scanned'
    WHEN NOT scanned_alike THEN 'not_comparable'
    ELSE 'fixed'
  END AS class
FROM hosted
WHERE was_active OR status_after = 'ACTIVE'
