SELECT
 -- thirty days by v2, 28,243 rows (v1 had 28,239)
 (SELECT count(*) FROM judged_live WHERE dataset = 'stg_flights' AND partition BETWEEN '2013-06-01' AND '2013-06-30'
   AND code = 'v2' AND rows_wrong = 0) = 30
 AND (SELECT sum(rows) FROM live WHERE dataset = 'stg_flights'
   AND partition BETWEEN '2013-06-01' AND '2013-06-30') = 28243
 -- no public feature stands on a day that has changed since
 AND EXISTS (SELECT 1 FROM live WHERE dataset = 'feat_carrier_delay_7d' AND partition = '2013-06-08')
 AND NOT EXISTS (SELECT 1 FROM live AS f JOIN lineage AS l ON l.version = f.id JOIN version AS s ON s.id = l.source
   JOIN live AS now ON now.dataset = s.dataset AND now.partition = s.partition
   WHERE f.dataset = 'feat_carrier_delay_7d' AND now.content <> s.content)
 -- and never more than two at once
 AND EXISTS (SELECT 1 FROM backfill WHERE max_active <= 2) AS ok;
