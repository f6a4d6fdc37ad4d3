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
listed AS (
  SELECT 'before' AS side, account, region, host, type, vulnerability, protocol, port_begin, port_end,
         package, part, status, severity, title FROM baseline
  WHERE status = 'ACTIVE'
  UNION ALL
  SELECT 'later' AS side, account, region, host, type, vulnerability, protocol, port_begin, port_end,
         package, part, status, severity, title FROM after
),
ranked AS (
  -- A text of which the least counts: a digit for the side, the later one first, one each for the status and the
  -- severity, the worst first, and the title.
  SELECT account, region, host, type, vulnerability, protocol, port_begin, port_end, package, part,
         CASE WHEN side = 'before' THEN CASE severity WHEN 'CRITICAL' THEN 1 WHEN 'HIGH' THEN 2 WHEN 'MEDIUM' THEN 3
           WHEN 'LOW' THEN 4 WHEN 'INFORMATIONAL' THEN 5 ELSE 6 END END AS rated_before,
         CASE side WHEN 'later' THEN '1' ELSE '2' END
         || CASE status WHEN 'ACTIVE' THEN '1' WHEN 'SUPPRESSED' THEN '2' WHEN 'SKIPPED' THEN '3' WHEN 'CLOSED' THEN '4'
                        ELSE '5' END
         || CASE severity WHEN 'CRITICAL' THEN '1' WHEN 'HIGH' THEN '2' WHEN 'MEDIUM' THEN '3' WHEN 'LOW' THEN '4'
                          WHEN 'INFORMATIONAL' THEN '5' ELSE '6' END
         || COALESCE(title, '') AS seen
  FROM listed
),
identified AS (
  -- Pages repeat rows and two findings may share an identity: the worst status wins, regardless of order. Of what was
  -- active before, how it was rated is enough. One text for each finding, so that many fit into memory.
  SELECT account, region, host, type, vulnerability, protocol, port_begin, port_end, package,
         MIN(CASE WHEN part = 'system' THEN seen END) AS system_seen,
         MIN(CASE WHEN part = 'language' THEN seen END) AS language_seen,
         MIN(CASE WHEN part = 'system' THEN rated_before END) AS system_before,
         MIN(CASE WHEN part = 'language' THEN rated_before END) AS language_before
  FROM ranked
  GROUP BY account, region, host, type, vulnerability, protocol, port_begin, port_end, package
),
divided AS (
  -- A finding that lost its system packages and kept a language's one is the same finding: parts count only where
  -- one side has both.
  SELECT identified.*,
         COALESCE((system_before IS NOT NULL AND language_before IS NOT NULL)
                  OR (system_seen < '2' AND language_seen < '2'), FALSE) AS has_parts
  FROM identified
),
part_name AS (SELECT 'system' AS name UNION ALL SELECT 'language' AS name),
paired AS (
  SELECT account, region, host, type, vulnerability, protocol, port_begin, port_end, package,
         CASE WHEN has_parts THEN name ELSE 'any' END AS part,
         CASE WHEN has_parts THEN name
              WHEN system_before IS NOT NULL THEN 'system' WHEN language_before IS NOT NULL THEN 'language'
              WHEN system_seen IS NOT NULL THEN 'system' ELSE 'language' END AS found_part,
         CASE WHEN has_parts AND name = 'system' THEN system_seen WHEN has_parts THEN language_seen
              WHEN system_seen < language_seen THEN system_seen ELSE COALESCE(language_seen, system_seen) END AS seen,
         CASE WHEN has_parts AND name = 'system' THEN system_before WHEN has_parts THEN language_before
              ELSE COALESCE(system_before, language_before) END AS seen_before
  FROM divided CROSS JOIN part_name
  WHERE has_parts OR name = 'system'
),
known AS (
  SELECT account, region, host, type, vulnerability, protocol, port_begin, port_end, package, part, found_part,
         SUBSTR(seen, 4) AS title,
         CASE seen_before WHEN 1 THEN 'CRITICAL' WHEN 2 THEN 'HIGH' WHEN 3 THEN 'MEDIUM'
           WHEN 4 THEN 'LOW' WHEN 5 THEN 'INFORMATIONAL' WHEN 6 THEN 'UNTRIAGED' END AS severity_before,
         CASE WHEN seen < '2' THEN
           CASE SUBSTR(seen, 3, 1) WHEN '1' THEN 'CRITICAL' WHEN '2' THEN 'HIGH' WHEN '3' THEN 'MEDIUM'
             WHEN '4' THEN 'LOW' WHEN '5' THEN 'INFORMATIONAL' ELSE 'UNTRIAGED' END END AS severity_after,
         CASE SUBSTR(seen, 1, 2) WHEN '11' THEN 'ACTIVE' WHEN '12' THEN 'SUPPRESSED' WHEN '13' THEN 'SKIPPED'
           WHEN '14' THEN 'CLOSED' END AS status_after,
         seen_before IS NOT NULL AS was_active
  FROM paired
  WHERE seen IS NOT NULL
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
    known.*,
    COALESCE(compared_host.present, FALSE) AS host_present,
    CASE WHEN known.type = 'CONFIGURATION' THEN COALESCE(compared_host.cis_scanned, FALSE)
         ELSE COALESCE(compared_host.scanned, FALSE) END AS host_scanned,
    CASE WHEN known.type = 'CONFIGURATION' THEN COALESCE(compared_host.cis_scanned_before, FALSE)
         ELSE COALESCE(compared_host.scanned_before, FALSE) END AS host_in_baseline,
    COALESCE(compared_host.known_before, FALSE) AS host_known_before,
    -- What a language's package manager installed is found by deep inspection, by its engine and in its paths alone.
    -- What vanished from a Windows host on which nothing was installed was not fixed: its scans differ by themselves.
    (known.found_part <> 'language' OR COALESCE(compared_host.languages_alike, TRUE))
      AND NOT (COALESCE(compared_host.unchanged, FALSE) AND known.type = 'PACKAGE_VULNERABILITY'
               AND COALESCE(known.status_after, '') <> 'ACTIVE') AS scanned_alike,
    known.type = 'PACKAGE_VULNERABILITY' AND known_before.host IS NOT NULL AS has_earlier_name,
    known.type = 'PACKAGE_VULNERABILITY' AND known_after.host IS NOT NULL AS has_later_name
  FROM known
  LEFT JOIN compared_host ON compared_host.host = known.host
  LEFT JOIN known_before
    ON known_before.account = known.account AND known_before.region = known.region
   AND known_before.host = known.host AND known_before.vulnerability = known.vulnerability
  LEFT JOIN known_after
    ON known_after.account = known.account AND known_after.region = known.region
   AND known_after.host = known.host AND known_after.vulnerability = known.vulnerability
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
