-- How many rows of each pack's delta.csv are not what its two snapshots give.
--
-- Reads two relations that the engine makes: outcome (the rows of each delta.csv, as text) and derived (what delta.sql
-- gives), both with the number of the pack. A text cell of delta.csv that a spreadsheet would take for a formula begins
-- with an apostrophe, so that one at the beginning counts on neither side. What resurfaced is new as far as two snapshots
-- know: earlier runs say that it was fixed once. Packs that agree have no row.
-- Standard SQL only: the same text runs on DuckDB and on Spark, and Athena can read it.
WITH
both_sides AS (
  SELECT pack, account, region, host, type, vulnerability, protocol, port_begin, port_end, package, class,
         COALESCE(severity_before, '') AS severity_before, COALESCE(severity_after, '') AS severity_after,
         CASE WHEN comparable THEN 'yes' ELSE 'no' END AS comparable, 1 AS times
  FROM derived
  UNION ALL
  SELECT pack, account, region, host, type, COALESCE(vulnerability, '') AS vulnerability,
         COALESCE(protocol, '') AS protocol, COALESCE(TRY_CAST(port_begin AS INTEGER), -1) AS port_begin,
         COALESCE(TRY_CAST(port_end AS INTEGER), -1) AS port_end, COALESCE(package, '') AS package,
         CASE class WHEN 'resurfaced' THEN 'new' ELSE class END AS class,
         COALESCE(severity_before, '') AS severity_before, COALESCE(severity_after, '') AS severity_after,
         comparable, -1 AS times
  FROM outcome
),
plain AS (
  SELECT pack, account, region, host, type, protocol, port_begin, port_end, class, severity_before, severity_after,
         comparable, times,
         CASE WHEN SUBSTR(vulnerability, 1, 1) = CHR(39) THEN SUBSTR(vulnerability, 2) ELSE vulnerability END
           AS vulnerability,
         CASE WHEN SUBSTR(package, 1, 1) = CHR(39) THEN SUBSTR(package, 2) ELSE package END AS package
  FROM both_sides
),
unequal AS (
  SELECT pack, SUM(times) AS times
  FROM plain
  GROUP BY pack, account, region, host, type, vulnerability, protocol, port_begin, port_end, package, class,
           severity_before, severity_after, comparable
  HAVING SUM(times) <> 0
),
counted AS (
  SELECT pack, SUM(CASE WHEN times > 0 THEN times ELSE 0 END) AS lacking,
         SUM(CASE WHEN times < 0 THEN -times ELSE 0 END) AS surplus
  FROM unequal
  GROUP BY pack
)
-- A row that was altered is lacking and surplus.
SELECT pack, CAST(CASE WHEN lacking > surplus THEN lacking ELSE surplus END AS BIGINT) AS findings FROM counted
